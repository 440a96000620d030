"""What people read, in their language: messages with their values, and the catalogue of the Chinese texts.

A message is written in English where it arises, with its values beside it, and said in a language by whoever shows it.
`python -m cli update-messages` brings the catalogue up to date with the source.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

CATALOGUE = Path(__file__).parents[1] / "locale" / "zh_Hans" / "LC_MESSAGES" / "careergraph.po"
_PLACEHOLDER = re.compile(r"\{([a-z]+(?:_[a-z]+)*)\}")
_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
_LONGEST_HEADER = 500


class Language(StrEnum):
    """A language that the product speaks; the value is its tag (BCP 47)."""

    ENGLISH = "en"
    CHINESE = "zh-Hans"


_BY_SUBTAG = {"en": Language.ENGLISH, "zh": Language.CHINESE}


class FieldName(str):
    """A value of a message that names a field, for whoever shows it to spell as its reader does."""

    __slots__ = ()


class Message:
    """A text for people: `text` is English and its key in the catalogue.

    Names in braces are its values, which may be messages themselves, or else fields: `{salary_max} must not be less
    than {salary_min}.`
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values: Mapping[str, object] = values

    @classmethod
    def verbatim(cls, text: str) -> "Message":
        """A text that is the same in every language."""
        return cls("{text}", text=text)

    def filled(self, **values: object) -> "Message":
        """The same text with more values."""
        return Message(self.text, **{**self.values, **values})

    def said(self, language: Language, name: Callable[[str], str] = str) -> str:
        """The text in a language, with `name` of each field that it names."""

        def value(found: re.Match[str]) -> str:
            key = found[1]
            each = self.values.get(key, FieldName(key))
            if isinstance(each, Message):
                return each.said(language, name)
            return name(each) if isinstance(each, FieldName) else str(each)

        text = self.text if language is Language.ENGLISH else chinese_texts().get(self.text, self.text)
        return _PLACEHOLDER.sub(value, text)

    def __str__(self) -> str:
        return self.said(Language.ENGLISH)

    def __repr__(self) -> str:
        return f"Message({self.text!r}, {dict(self.values)!r})"


class Detail(Message):
    """What a library says in English: in other languages `otherwise` stands for it, which says less."""

    __slots__ = ("_otherwise",)

    def __init__(self, text: str, otherwise: Message) -> None:
        super().__init__("{text}", text=text)
        self._otherwise = otherwise

    def said(self, language: Language, name: Callable[[str], str] = str) -> str:
        """The library's text, or what stands for it."""
        return super().said(language, name) if language is Language.ENGLISH else self._otherwise.said(language, name)


@cache
def chinese_texts() -> Mapping[str, str]:
    """The Chinese text of each English one."""
    from babel.messages.pofile import read_po  # what only speaks English has no use for it

    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}


def negotiated(accepted: str | None, default: Language) -> Language:
    """The language of a reply to who sends this Accept-Language header; the default where it wants neither."""
    if not accepted or len(accepted) > _LONGEST_HEADER:
        return default
    return _negotiated(accepted, default)


@lru_cache(maxsize=256)
def _negotiated(accepted: str, default: Language) -> Language:
    best, weight = default, 0.0
    for item in accepted.split(","):
        tag, *parameters = item.split(";")
        weights = [float(found[1]) for each in parameters if (found := _WEIGHT.fullmatch(each))]
        if len(weights) < len(parameters):
            continue
        subtag = tag.strip().lower().partition("-")[0]
        language = default if subtag == "*" else _BY_SUBTAG.get(subtag)
        wanted = min(weights, default=1.0)
        # Of equals the first counts, and any language is what is left over.
        if language is not None and wanted > weight:
            best, weight = language, wanted
    return best
