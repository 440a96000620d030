"""How fast the engine is and how much memory it takes, as the number of resumes grows."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from sys import intern

from rich.console import Console

from benchmarks.matching import growth
from benchmarks.matching.baselines import resume_text
from benchmarks.matching.growth import Line, Stopwatch, Times
from benchmarks.matching.models.skill_vectors import SkillVectors
from benchmarks.matching.surface import Style, Writer
from resolvers.matching.documents import FeedDocument, ResumeDocument
from resolvers.matching.engine import Engine, compile_feed
from resolvers.matching.evidence import FREQUENCIES
from resolvers.matching.profile import Profile
from resolvers.talent.matches import KEPT

SIZES = (10_000, 100_000)
FEEDS = 1000
NEW_FEEDS = 40
CHANGED = 20
DIFFERENT = 10_000
"""Beyond these, the same resumes come again under other ids; for the engine alone, with other words and numbers."""
LEFT_OUT, TAKEN_OVER = 0.25, 0.2
"""Of its words, what a resume that comes again does not have, and what it has of another one."""
TOWN = 500
"""The people of one draw: the roles in play are others in the next."""
STYLE = Style(omit=0.08, verbose=0.5, projects=5)
LENGTH = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured with one number of resumes."""

    resumes: int
    feeds: int
    characters: float
    """Of a resume's text, on average."""
    profile_ms: float
    """To make a profile of a resume."""
    profile_bytes: float
    """Of a stored profile."""
    load_seconds: float
    """To fill the index from stored profiles, which happens when a process takes over."""
    new_feed_ms: Times
    """To compile a new feed and compute what is kept of its recommendations."""
    changed_resume_ms: Times
    """To make a profile of a changed resume, put it into the index and match it with all feeds."""
    memory_mb: float
    """Of the process with the index and the compiled feeds in it."""
    index_mb: float
    """Of that, what was not there before it was loaded."""


LINES: Sequence[Line[Figures]] = (
    Line("a new feed's recommendations, ms (median)", lambda found: found.new_feed_ms.median, ".0f"),
    Line("  the slowest", lambda found: found.new_feed_ms.worst, ".0f"),
    Line("  on the processor alone (median)", lambda found: found.new_feed_ms.processor, ".0f"),
    Line("a changed resume against all feeds, ms (median)", lambda found: found.changed_resume_ms.median, ".0f"),
    Line("  the slowest", lambda found: found.changed_resume_ms.worst, ".0f"),
    Line("  on the processor alone (median)", lambda found: found.changed_resume_ms.processor, ".0f"),
    Line("loading the index from stored profiles, s", lambda found: found.load_seconds, ".1f"),
    Line("memory of the process, MB", lambda found: found.memory_mb, ".0f"),
    Line("  of it the index and the feeds, MB", lambda found: found.index_mb, ".0f"),
    Line("making a profile, ms", lambda found: found.profile_ms, ".2f"),
    Line("a stored profile, bytes", lambda found: found.profile_bytes, ".0f"),
    Line("a resume's text, characters", lambda found: found.characters, ".0f"),
)


def resumes() -> Iterator[ResumeDocument]:
    """Resumes without end, the same every time."""
    model, writer = SkillVectors(), Writer(STYLE)
    number = 0
    while True:
        chance = Random(f"speed/{number}")  # noqa: S311 -- the same resumes every time
        for person in model.draw(chance, 0, TOWN).people:
            yield writer.resume(chance, number, person, ()).resume
            number += 1


def feeds(count: int) -> list[FeedDocument]:
    """That many feeds, the same every time."""
    chance = Random("speed/feeds")  # noqa: S311 -- the same feeds every time
    writer = Writer(STYLE)
    vacancies = [
        vacancy for _ in range(0, count, NEW_FEEDS) for vacancy in SkillVectors().draw(chance, NEW_FEEDS, 0).vacancies
    ]
    return [writer.feed(chance, number, vacancy) for number, vacancy in enumerate(vacancies[:count])]


def measure(size: int, feed_count: int, profiles: Path) -> Figures:
    """The figures for that many resumes, in a process of its own; their profiles are written to a new file."""
    characters, profile_ms = growth.elsewhere(store, size, profiles)
    return growth.elsewhere(_load_and_match, size, feed_count, profiles, characters, profile_ms)


def store(size: int, profiles: Path) -> tuple[float, float]:
    """Write that many profiles; the characters of a resume, and the milliseconds for a profile."""
    characters, seconds = 0, 0.0
    made: list[Profile] = []
    for resume in islice(resumes(), min(size, DIFFERENT)):
        characters += len(resume_text(resume))
        began = time.perf_counter()
        profile = Profile.of(resume)
        profile.dumps()
        seconds += time.perf_counter() - began
        made.append(profile)
    with profiles.open("wb") as file:
        for number in range(size):
            content = replace(made[number % len(made)], resume_id=number + 1).dumps()
            file.write(len(content).to_bytes(LENGTH))
            file.write(content)
    return characters / len(made), 1000 * seconds / len(made)


def stored(profiles: Path) -> Iterator[bytes]:
    """The profiles that `store` wrote, by the resumes' ids, which begin with 1."""
    with profiles.open("rb") as file:
        while length := file.read(LENGTH):
            yield file.read(int.from_bytes(length))


def varied(different: Sequence[Profile], size: int) -> Iterator[Profile]:
    """That many profiles: the different ones, and variations of them, the same every time."""
    chance = Random("speed/varied")  # noqa: S311 -- the same profiles every time
    for number in range(size):
        profile = different[number % len(different)]
        if number >= len(different):
            near = different[(number + chance.randrange(1, 20)) % len(different)]
            profile = _mixed(chance, profile, near, chance.choice(different))
        yield replace(profile, resume_id=number + 1)


def _mixed(chance: Random, profile: Profile, near: Profile, other: Profile) -> Profile:
    """A profile with some words of a near one, and numbers of any other."""
    codes = dict(zip(profile.terms, profile.codes, strict=True))
    for term in chance.sample(profile.terms, int(LEFT_OUT * len(codes))):
        del codes[term]
    for place in chance.sample(range(len(near.terms)), int(TAKEN_OVER * len(near.terms))):
        codes.setdefault(near.terms[place], near.codes[place])
    return replace(
        profile,
        years=other.years,
        level=chance.choice([profile, other]).level,
        degree=other.degree,
        salary_min=other.salary_min,
        salary_max=other.salary_max,
        jobs=profile.jobs if chance.random() < 0.7 else profile.jobs[1:] or near.jobs,
        length=sum(int(FREQUENCIES[code]) for code in codes.values()),
        terms=tuple(codes),
        codes=bytes(codes.values()),
    )


def _load_and_match(size: int, feed_count: int, profiles: Path, characters: float, profile_ms: float) -> Figures:
    offers = feeds(feed_count)
    changed = list(islice(resumes(), CHANGED))
    compile_feed(offers[0])  # whatever is loaded with the first
    different = [_interned(Profile.loads(content)) for content in islice(stored(profiles), DIFFERENT)]
    before = growth.memory_mb()
    engine = Engine()
    loaded = 0.0
    for profile in varied(different, size):
        content = profile.dumps()
        began = time.perf_counter()
        engine.put(Profile.loads(content))
        loaded += time.perf_counter() - began

    new, again = Stopwatch(), Stopwatch()
    for offer in offers[:NEW_FEEDS]:
        with new.running():
            engine.match_feed(compile_feed(offer), KEPT)
    compiled = [compile_feed(offer) for offer in offers]
    for resume in changed:
        with again.running():
            profile = Profile.of(resume)
            engine.put(profile)
            engine.match_resume(profile, compiled)
    memory = growth.memory_mb()
    return Figures(
        size,
        feed_count,
        characters,
        profile_ms,
        (profiles.stat().st_size - LENGTH * size) / size,
        loaded,
        new.times,
        again.times,
        memory,
        memory - before,
    )


def _interned(profile: Profile) -> Profile:
    """The same, with terms that take memory once."""
    return replace(profile, terms=tuple(map(intern, profile.terms)))


def report(console: Console, figures: Sequence[Figures]) -> None:
    """Print the figures, and how they grow from the smallest to the largest number of resumes."""
    title = f"The matching engine with {figures[0].feeds} feeds, {KEPT} recommendations kept of each"
    console.print(growth.table(title, LINES, figures))
