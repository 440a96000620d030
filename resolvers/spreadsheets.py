"""Protects user input in spreadsheets: values that would be formulas are escaped."""

_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a formula begins with, in the narrow and the wide form of the characters."""


def harmless(cell: str) -> str:
    """A cell of a .csv file, which a spreadsheet shows as it is: an apostrophe before what it would compute.

    In .xlsx files cells are written as texts, which needs no more.
    """
    begins = cell.lstrip()
    is_formula = begins.startswith(_FORMULAS) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if is_formula else cell
