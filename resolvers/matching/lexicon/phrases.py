"""Finds known phrases in a text, longest first, with one regular expression built from a trie."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

_Trie = dict[str, Any]

_SEPARATORS = re.compile(r"[ \-_]|(?<=[^\W_])\.(?=[^\W_])")
_VERSION = re.compile(r"[\d.]+$")
_END = ""


def key(text: str) -> str:
    """A phrase without what may be left out of it: node.js, Node JS and nodejs are one."""
    return _SEPARATORS.sub("", text.lower())


def without_version(text: str) -> str:
    """The key of a phrase without the number behind it."""
    return _VERSION.sub("", key(text))


class Phrases:
    """Phrases and the terms that each means.

    A phrase of letters is found as a whole word, versions behind it included: java in java8 but not in
    javascript. A space, a hyphen or an inner point stands for each of them and for nothing.
    """

    def __init__(self, terms: Mapping[str, Sequence[str]]):
        self._phrases = tuple(terms)
        self._terms: dict[str, tuple[str, ...]] = {}
        for phrase, meant in terms.items():
            name = key(phrase)
            self._terms[name] = tuple(dict.fromkeys((*self._terms.get(name, ()), *meant)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Compiled when it is first needed, since that takes a while."""
        tries: dict[bool, _Trie] = {True: {}, False: {}}
        for phrase in self._phrases:
            node = tries[_is_latin(phrase[0]) or phrase[0] == "."]
            for character in _SEPARATORS.sub(" ", phrase.lower()):
                node = node.setdefault(character, {})
            node[_END] = {}
        ways = [(r"(?<![a-z0-9])" if latin else "") + _pattern(trie) for latin, trie in tries.items() if trie]
        return re.compile("|".join(ways))

    @property
    def phrases(self) -> tuple[str, ...]:
        """All of them."""
        return self._phrases

    def split(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The lower-case text in pieces: phrases with their terms, and what is between them with none."""
        end = 0
        for found in self._pattern.finditer(text):
            if found.start() > end:
                yield text[end : found.start()], ()
            end = found.end()
            yield found.group(), self.meant(found.group())
        if end < len(text):
            yield text[end:], ()

    def found_in(self, text: str) -> bool:
        """Whether the lower-case text has one of them."""
        return self._pattern.search(text) is not None

    def meant(self, phrase: str) -> tuple[str, ...]:
        """The terms of a phrase; none for an unknown one."""
        name = key(phrase)
        return self._terms.get(name) or self._terms.get(without_version(phrase), ())


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _pattern(node: _Trie, last: str = "") -> str:
    ways = [
        (r"[ \-_.]?" if character == " " else re.escape(character)) + _pattern(child, character)
        for character, child in sorted(node.items(), reverse=True)
        if character != _END
    ]
    if _END in node:
        ways.append(_ending(last))
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _ending(last: str) -> str:
    if last.isascii() and last.isalpha():
        return r"(?:[ ]?\d+(?:\.\d+)*)?(?![a-z0-9+#])"
    return r"(?![a-z0-9+#])" if last.isascii() else ""
