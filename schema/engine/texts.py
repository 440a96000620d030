"""The kinds of text in inputs, declared as the types of their fields, and the one place that normalises them.

A field that is `str` alone is free text. Passwords, tokens and keys are `Secret`: they stay as they were typed.
"""

import functools
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any

from models import texts
from models.texts import Normalise
from models.texts import date as normalised_date
from models.texts import email as normalised_email
from models.texts import free_text as normalised_text
from models.texts import number as normalised_number

__all__ = ["normalised_date", "normalised_email", "normalised_number", "normalised_text"]


def _as_typed(text: str) -> str:
    return text


Account = Annotated[str, texts.account]
Username = Annotated[str, texts.username]
Code = Annotated[str, texts.code]
Phone = Annotated[str, texts.phone]
DateText = Annotated[str, texts.date]
IdNumber = Annotated[str, texts.id_number]
Email = Annotated[str, texts.email]
Name = Annotated[str, texts.name]
ClassName = Annotated[str, texts.class_name]
Secret = Annotated[str, _as_typed]


def normalise(value: Any) -> None:
    """Give each text of an input its one spelling."""
    for name, normalised in kinds(value.__class__).items():
        text = getattr(value, name)
        if isinstance(text, str):
            setattr(value, name, normalised(text))
        elif isinstance(text, list):
            setattr(value, name, [normalised(each) for each in text])


@functools.cache
def kinds(input_type: type) -> Mapping[str, Normalise]:
    """What each text of an input is normalised by, and each list of texts."""
    annotations = typing.get_type_hints(input_type, include_extras=True)
    found = {name: _kind(annotation) for name, annotation in annotations.items()}
    return {name: kind for name, kind in found.items() if kind is not None}


def _kind(annotation: Any) -> Normalise | None:
    if annotation is str:
        return texts.free_text
    if typing.get_origin(annotation) is Annotated and annotation.__origin__ is str:
        kind: Normalise = annotation.__metadata__[0]
        return kind
    if typing.get_origin(annotation) in {typing.Union, types.UnionType, list}:
        return next(filter(None, map(_kind, typing.get_args(annotation))), None)
    return None
