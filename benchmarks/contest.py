"""Contests: several servers answer one call, in turns."""

import random
import statistics
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import orjson

from benchmarks.load import Call, Figures, LoadFailed, burst, repeated
from benchmarks.processes import Server

READERS = 64
"""The callers whose tokens take turns in a reading call."""
NOBODY = "e30.e30.e30"


@dataclass(frozen=True, slots=True)
class Plan:
    """How often and how long."""

    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one server did in a contest, round by round."""

    call: str
    connections: int
    variant: str
    rounds: Sequence[Figures]

    @property
    def median(self) -> Figures:
        """Each figure's median over the rounds."""
        spent = [figures.cpu_ms for figures in self.rounds if figures.cpu_ms is not None]
        return Figures(
            statistics.median(figures.requests for figures in self.rounds),
            statistics.median(figures.requests_per_second for figures in self.rounds),
            statistics.median(figures.p50_ms for figures in self.rounds),
            statistics.median(figures.p99_ms for figures in self.rounds),
            statistics.median(spent) if spent else None,
        )


@dataclass(frozen=True, slots=True)
class Entrant:
    """A server in a contest, with the call as it is put to it and the tokens of its callers.

    `forget`, for a call that writes, takes away what a burst wrote, and tells how much that was.
    `beside` is what an administrator sends again and again meanwhile.
    """

    variant: str
    dataset: tuple[str, int]
    server: Server
    call: Call
    tokens: Sequence[str]
    forget: Callable[[], int] | None = None
    beside: Call | None = None

    def burst(self, seconds: float, connections: int) -> Figures:
        """One burst. Raises LoadFailed when a write was answered and not done."""
        tokens = self.tokens if self.forget else self.tokens[:READERS]
        before = self.server.cpu_seconds
        url = self.server.url
        with repeated(url, self.beside, self.tokens[-1]) if self.beside else nullcontext():
            figures = burst(url, self.call, tokens, seconds=seconds, connections=connections)
        if not figures.requests:
            raise LoadFailed(f"{self.variant} answered nothing in {seconds:g} seconds: give it more --seconds")
        after = self.server.cpu_seconds
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
            raise LoadFailed(
                f"{entrant.call.method} {entrant.call.path} is answered differently:\n"
                f"{variant}: {expected}\n{entrant.variant}: {answer}"
            )


def compete(call: str, entrants: Sequence[Entrant], *, connections: int, plan: Plan) -> list[Result]:
    """The figures of all entrants: in each round each has a turn, in an order of the round's own.

    A round before the first warms up.
    """
    order = list(entrants)
    shuffle = random.Random(call)  # noqa: S311 -- the same order every time
    rounds: dict[str, list[Figures]] = {entrant.variant: [] for entrant in entrants}
    for number in range(plan.rounds + 1):
        shuffle.shuffle(order)
        for entrant in order:
            figures = entrant.burst(plan.seconds, connections)
            if number:
                rounds[entrant.variant].append(figures)
    return [Result(call, connections, variant, figures) for variant, figures in rounds.items()]
