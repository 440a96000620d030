"""What kinds of pairs the engine gets wrong: who is ranked too high, and who is missed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.matching.baselines import Scores, resume_text
from benchmarks.matching.graded import RELEVANT, GradedSet
from benchmarks.matching.latent import excess_salary, is_reachable, level_gap
from benchmarks.matching.vocabulary import vocabulary

TOP = 10
CLOSE = 0.2
DEAR = 0.2
UNSKILLED = 0.5


@dataclass(slots=True)
class Faults:
    """How often each kind was wrong, of how many, and one pair (set, feed, resume) of each kind."""

    high: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    relevant: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[GradedSet, int, int]]] = field(default_factory=dict)


def find_faults(graded: GradedSet, scores: Scores, faults: Faults) -> None:
    """Count who does not fit but is before somebody who does, and who fits but is behind the place they deserve."""
    for feed, (row, grades) in enumerate(zip(scores, graded.grades, strict=True)):
        order = sorted(range(len(row)), key=lambda resume: (-row[resume], resume))
        deserved = max(TOP, sum(grade >= RELEVANT for grade in grades))
        last = max((place for place, resume in enumerate(order) if grades[resume] >= RELEVANT), default=0)
        for resume in order[: min(TOP, last)]:
            if grades[resume] == 0:
                _note(faults.high, faults, graded, feed, resume, why_high(graded, feed, resume))
        for place, resume in enumerate(order):
            if grades[resume] >= RELEVANT:
                kinds = why_missed(graded, feed, resume)
                faults.relevant.update(kinds)
                if place >= deserved:
                    _note(faults.missed, faults, graded, feed, resume, kinds)


def _note(
    counter: Counter[str], faults: Faults, graded: GradedSet, feed: int, resume: int, kinds: Sequence[str]
) -> None:
    counter.update(kinds)
    for kind in kinds:
        faults.examples.setdefault(kind, []).append((graded, feed, resume))


def why_high(graded: GradedSet, feed: int, resume: int) -> list[str]:
    """What is wrong with the pair: what it is in the first place, then what else."""
    person, vacancy = graded.world.people[resume], graded.world.vacancies[feed]
    words = vocabulary()
    closeness = max(words.closeness(stint.role, vacancy.role) for stint in person.stints)
    if person.stuffs and person.stuffs[0] == feed:
        kinds = [f"decoy: {person.stuffs[1]}"]
    elif person.role == vacancy.role:
        kinds = ["the role itself"]
    elif any(stint.role == vacancy.role for stint in person.stints):
        kinds = ["had the role once"]
    elif words.is_near(person.role, vacancy.role):
        kinds = ["near-miss title"]
    else:
        kinds = ["kindred role" if closeness >= CLOSE else "another profession"]
    kinds += ["+ level"] * (level_gap(person, vacancy) > 0)
    kinds += ["+ place"] * (not is_reachable(person, vacancy))
    kinds += ["+ salary"] * (excess_salary(person, vacancy) > DEAR)
    had = sum(min(need, person.mastery.get(skill, 0.0)) for skill, need in vacancy.needs.items())
    kinds += ["+ lacks skills"] * (had < UNSKILLED * sum(vacancy.needs.values()))
    return kinds


def why_missed(graded: GradedSet, feed: int, resume: int) -> list[str]:
    """What makes the pair hard to find."""
    person, vacancy, written = graded.world.people[resume], graded.world.vacancies[feed], graded.written[resume]
    offer, skills = graded.feeds[feed], vocabulary().skills
    text = resume_text(written.resume).lower()
    kinds = []
    if offer.keywords and not any(word.lower() in text for word in offer.keywords):
        kinds.append("no keyword as written")
    known = [skill for skill in vacancy.needs if person.mastery.get(skill)]
    named = [skill for skill in known if any(n.lower() in text for n in skills[skill].names + skills[skill].english)]
    if len(named) * 2 < len(known):
        kinds.append("skills shown, not named")
    if person.circumstances.english != vacancy.english:
        kinds.append("another language")
    if person.role != vacancy.role:
        kinds.append("another role")
    if written.resume.position and offer.title.lower() not in text:
        kinds.append("another title")
    kinds += ["written at length"] * written.verbose + ["misspelt"] * written.typo
    kinds += [f"missing {name}" for name in written.missing if name in ("position", "self_evaluation", "areas")]
    kinds += ["jobs without text"] * any(not job.description for job in written.resume.jobs)
    return kinds or ["none of these"]
