"""Contests: several servers answer one call, in turns."""

import random
import statistics
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import orjson

from benchmarks.load import Call, Figures, LoadFailed, burst, repeated
from benchmarks.processes import Server, cpu_seconds_of

READERS = 64
"""The callers whose tokens take turns in a reading call."""
NOBODY = "e30.e30.e30"
ATTEMPTS = 3
"""How often a server is measured in a round until it has answered something."""
SHOWN = 200
"""How many characters of a reply are shown on each side of a difference."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How often and how long."""

    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one server did in a contest, round by round; None for a round in which it answered nothing.

    `notes` tell of bursts that were measured again.
    """

    call: str
    connections: int
    variant: str
    rounds: Sequence[Figures | None]
    notes: Sequence[str] = ()

    @property
    def median(self) -> Figures | None:
        """Each figure's median over the rounds; None if there is none."""
        rounds = [figures for figures in self.rounds if figures is not None]
        if not rounds:
            return None
        spent = [figures.cpu_ms for figures in rounds if figures.cpu_ms is not None]
        return Figures(
            statistics.median(figures.requests for figures in rounds),
            statistics.median(figures.requests_per_second for figures in rounds),
            statistics.median(figures.p50_ms for figures in rounds),
            statistics.median(figures.p99_ms for figures in rounds),
            statistics.median(spent) if spent else None,
        )


class NothingAnswered(Exception):
    """A server answered nothing in a burst, or not in time: the machine is busy."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A server in a contest, with the call as it is put to it and the tokens of its callers.

    `forget`, for a call that writes, takes away what a burst wrote, and tells how much that was.
    `beside` is what an administrator sends again and again meanwhile. `database` is the process whose time, and whose
    children's, counts with the server's.
    """

    variant: str
    dataset: tuple[str, int]
    server: Server
    call: Call
    tokens: Sequence[str]
    forget: Callable[[], int] | None = None
    beside: Call | None = None
    database: int | None = None

    @property
    def cpu_seconds(self) -> float | None:
        """The processor time that the server has spent, and its database where that is a server too."""
        spent = self.server.cpu_seconds
        if spent is None or self.database is None:
            return spent
        return spent + (cpu_seconds_of(self.database) or 0)

    def burst(self, seconds: float, connections: int) -> Figures:
        """One burst. Raises NothingAnswered, and LoadFailed when a write was answered and not done."""
        tokens = self.tokens if self.forget else self.tokens[:READERS]
        before = self.cpu_seconds
        url = self.server.url
        try:
            with repeated(url, self.beside, self.tokens[-1]) if self.beside else nullcontext():
                figures = burst(url, self.call, tokens, seconds=seconds, connections=connections)
        except (OSError, EOFError) as error:  # it refused or broke off a connection
            raise NothingAnswered(f"{self.variant}: {error or type(error).__name__}") from error
        if not figures.requests:
            raise NothingAnswered(f"{self.variant} answered nothing in {seconds:g} seconds")
        after = self.cpu_seconds
        # What it spent on another call says nothing of this one.
        if before is not None and after is not None and self.beside is None:
            figures = replace(figures, cpu_ms=(after - before) * 1000 / figures.requests)
        if self.forget is not None:
            written = self.forget()
            if written < figures.requests:
                raise LoadFailed(
                    f"{self.variant} answered {figures.requests:.0f} writes and did {written}:"
                    " it needs more --users, or it loses some"
                )
        return figures

    def answer(self) -> Any:
        """What it answers to the first caller."""
        status, body = self._ask(self.tokens[0])
        if status != 200:
            raise LoadFailed(f"{self.variant}: {status} {body!r}")
        if self.forget is not None:
            self.forget()
        return orjson.loads(body)

    def check_refusal(self) -> None:
        """Raise LoadFailed if it serves somebody without a valid token."""
        status, body = self._ask(NOBODY)
        if status == 200 and not _is_refusal(orjson.loads(body)):
            raise LoadFailed(f"{self.variant} serves whoever asks: {body!r}")

    def _ask(self, token: str) -> tuple[int, bytes]:
        call = self.call
        request = urllib.request.Request(
            self.server.url + call.path, call.body or None, call.headers(token), method=call.method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def _is_refusal(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("errors")) or answer.get("code", 0) != 0


def check(entrants: Sequence[Entrant]) -> None:
    """Raise LoadFailed unless all on the same data answer alike, without errors, and refuse strangers."""
    answers: dict[tuple[str, int], tuple[str, Any]] = {}
    for entrant in entrants:
        entrant.check_refusal()
        answer = entrant.answer()
        variant, expected = answers.setdefault(entrant.dataset, (entrant.variant, answer))
        if answer != expected or _is_refusal(answer):
            one, other = _first_difference(repr(expected), repr(answer))
            raise LoadFailed(
                f"{entrant.call.method} {entrant.call.path} is answered differently:\n"
                f"{variant}: {one}\n{entrant.variant}: {other}"
            )


def _first_difference(one: str, other: str) -> tuple[str, str]:
    """Both, from a little before they differ."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    around = slice(max(0, same - SHOWN), same + SHOWN)
    return one[around], other[around]


def compete(call: str, entrants: Sequence[Entrant], *, connections: int, plan: Plan) -> list[Result]:
    """The figures of all entrants: in each round each has a turn, in an order of the round's own.

    A round before the first warms up. Who answers nothing is asked again, each time for twice as long.
    """
    order = list(entrants)
    shuffle = random.Random(call)  # noqa: S311 -- the same order every time
    rounds: dict[str, list[Figures | None]] = {entrant.variant: [] for entrant in entrants}
    notes: dict[str, list[str]] = {entrant.variant: [] for entrant in entrants}
    for number in range(plan.rounds + 1):
        shuffle.shuffle(order)
        for entrant in order:
            figures = _measured(entrant, plan.seconds, connections, notes[entrant.variant])
            if number:
                rounds[entrant.variant].append(figures)
    return [Result(call, connections, variant, figures, notes[variant]) for variant, figures in rounds.items()]


def _measured(entrant: Entrant, seconds: float, connections: int, notes: list[str]) -> Figures | None:
    for attempt in range(ATTEMPTS):
        try:
            return entrant.burst(seconds * 2**attempt, connections)
        except NothingAnswered as nothing:
            notes.append(str(nothing))
            if entrant.forget is not None:
                entrant.forget()
    return None
