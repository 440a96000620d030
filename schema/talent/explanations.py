"""Explanations of scores, in the words of a language."""

from collections.abc import Callable, Mapping
from typing import Any

from resolvers.matching import english
from resolvers.matching.documents import FactKind
from schema.engine.wording import Language, Message, Wording

_LEVELS = {
    "junior": Message("Junior"),
    "intermediate": Message("Intermediate"),
    "senior": Message("Senior"),
    "expert": Message("Expert"),
}
_DEGREES = {
    "junior": Message("Junior high school"),
    "senior": Message("High school"),
    "college": Message("Junior college"),
    "bachelor": Message("Bachelor"),
    "master": Message("Master"),
    "doctor": Message("Doctor"),
}


def _held(years: int) -> Message:
    return Message("1 year of experience") if years == 1 else Message("{years} years of experience", years=years)


def _years(low: int, high: int | None = None) -> Message:
    if high is None and low == 1:
        return Message("1 year of experience or more")
    if high is None:
        return Message("{low} years of experience or more", low=low)
    return Message("{low} to {high} years of experience", low=low, high=high)


_MESSAGES: Mapping[str, Callable[..., Message]] = {
    FactKind.LISTED: lambda name: Message("{name} (only listed)", name=name),
    FactKind.INFERRED: lambda name: Message("{name} (inferred from a related skill)", name=name),
    FactKind.LEVEL: lambda level: _LEVELS[level],
    FactKind.YEARS: _held,
    FactKind.YEARS_OF_TRADE: lambda years, all_years: Message(
        "{years} of {all_years} years of experience in such work", years=years, all_years=all_years
    ),
    FactKind.YEARS_ASKED: _years,
    FactKind.YEARS_USUAL: lambda *years: Message("{years} (usual for the level)", years=_years(*years)),
    FactKind.DEGREE: lambda degree: _DEGREES[degree],
    FactKind.DEGREE_ASKED: lambda degree: Message("{degree} or higher", degree=_DEGREES[degree]),
    FactKind.ANYWHERE: lambda: Message("Anywhere"),
    FactKind.SALARY: lambda low, high: Message("{low}–{high} yuan a month", low=low, high=high),
    FactKind.ALIKE: lambda percent: Message("{percent} % alike in meaning", percent=percent),
}


_OF_NAMES = (FactKind.LISTED, FactKind.INFERRED)


def told(component: str, entries: Any, wording: Wording) -> list[str]:
    """The entries of a list of a stored reason: names, and facts with their values."""
    return [
        _named(component, each, wording) if isinstance(each, str) else _said(component, each, wording)
        for each in entries
    ]


def _named(component: str, name: str, wording: Wording) -> str:
    return english.named(component, name) if wording.language is Language.ENGLISH else name


def _said(component: str, fact: Mapping[str, Any], wording: Wording) -> str:
    kind, values = fact["kind"], fact["values"]
    if kind in _OF_NAMES:
        values = [_named(component, name, wording) for name in values]
    return wording.said(_MESSAGES[kind](*values))
