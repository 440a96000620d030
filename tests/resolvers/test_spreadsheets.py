"""What spreadsheets do to texts, on the way in and out."""

from resolvers.spreadsheets import MAX_CELL, damage, pieces, shortened, without_marks


def units(text: str) -> int:
    """The length as spreadsheets count it."""
    return len(text.encode("utf-16-le")) // 2


def test_a_text_that_fits_a_cell_is_one_piece() -> None:
    for text in ("", "短", "a" * MAX_CELL, "😀" * (MAX_CELL // 2)):
        assert list(pieces(text)) == [text]
        assert shortened(text) == text


def test_a_long_text_is_cut_at_ends_of_lines_and_nothing_is_lost() -> None:
    text = "\n".join(f"第 {number} 行 {'字' * 990}" for number in range(80))
    parts = list(pieces(text))
    assert len(parts) == 3
    assert max(map(units, parts)) <= MAX_CELL
    assert "\n".join(parts) == text


def test_a_long_line_is_cut_between_characters() -> None:
    parts = list(pieces("a" + "😀" * MAX_CELL))
    assert [units(part) for part in parts] == [MAX_CELL, MAX_CELL - 1, 2]
    assert "".join(parts) == "a" + "😀" * MAX_CELL


def test_what_cannot_be_split_says_that_it_was_cut() -> None:
    for text in ("字" * (MAX_CELL + 1), "😀" * MAX_CELL):
        cut = shortened(text)
        assert MAX_CELL - 1 <= units(cut) <= MAX_CELL
        assert cut.endswith("…（未完）")
        assert text.startswith(cut.removesuffix("…（未完）"))


def test_marks_that_keep_a_number_a_text_are_taken_off() -> None:
    meant = {
        "'0123": "0123",
        "`0123": "0123",
        '="0123"': "0123",
        '= "01""23"': '01"23',
        "0123\t": "0123",
        "'=1+1": "=1+1",
        "'": "'",
        "O'Brien": "O'Brien",
        "李\n雷": "李 雷",
        " 软件\r\n 工程 ": "软件 工程",
        '="a"&"b"': '="a"&"b"',
    }
    assert {cell: without_marks(cell) for cell in meant} == meant


def test_what_a_program_put_for_a_lost_value_is_damage() -> None:
    assert str(damage("#N/A")) == "holds the error #N/A"
    assert str(damage("#div/0!")) == "holds the error #DIV/0!"
    assert str(damage("王\ue000")) == "contains U+E000, which stands for a character that was lost"
    assert str(damage("王\U000f0000")) == "contains U+F0000, which stands for a character that was lost"
    assert str(damage("王\ufffd")) == "contains U+FFFD, which stands for a character that was lost"
    assert [damage(text) for text in ("", "#1", "#N/A 班", "𠮷㛃〇", "C#")] == [None] * 5
