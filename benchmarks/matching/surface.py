"""How people and vacancies put themselves into words: with synonyms, paraphrases, gaps, typos and exaggeration.

Nothing here knows a grade. Every text has a random source of its own, so that the words can be drawn anew
for the same people.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from benchmarks.matching.latent import LEVELS, Person, Stint, Stuffing, Vacancy
from benchmarks.matching.sentences import Sentences
from benchmarks.matching.vocabulary import SkillKind, for_tuning, vocabulary
from resolvers.matching.documents import FeedDocument, JobDocument, ResumeDocument, StudyDocument

TODAY = date(2026, 11, 20)
DAYS_A_MONTH = 30.4
MASTERED = 0.5
PREFIXES = (("初级", "助理"), ("",), ("高级", "资深"), ("资深", "首席"))
PREFIXES_ENGLISH = (("Junior ",), ("",), ("Senior ",), ("Principal ", "Lead "))
DEGREES = ("大专", "本科", "本科", "本科", "硕士")
WORD = re.compile(r"[A-Za-z]{5,}")


@dataclass(frozen=True, slots=True)
class Style:
    """How texts are written: probabilities, but for the last two."""

    variant: float = 0.5
    """That a skill has another name than its usual one."""
    paraphrase: float = 0.3
    """That a skill is shown, not named."""
    omit: float = 0.15
    """That a field stays empty."""
    typo: float = 0.08
    """That a resume has slips of the pen."""
    collaborate: float = 0.3
    """That a job mentions colleagues of another role."""
    verbose: float = 0.12
    """That a resume goes on and on."""
    projects: int = 1
    """How many projects a job tells of."""
    reserved: bool = True
    """Whether names that are kept from tuning occur."""


@dataclass(frozen=True, slots=True)
class Written:
    """A resume as it was written, and what is peculiar about it."""

    resume: ResumeDocument
    verbose: bool
    typo: bool
    missing: tuple[str, ...]


class Writer:
    """Writes in one style."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def feed(self, chance: Random, number: int, vacancy: Vacancy) -> FeedDocument:
        """The vacancy as its recruiter would fill in the form."""
        style, words = self._style, vocabulary()
        sentences = Sentences(chance, vacancy.english, style.variant, style.paraphrase, reserved=style.reserved)
        needs = sorted(vacancy.needs, key=lambda skill: -vacancy.needs[skill])
        keywords = [sentences.name(skill) for skill in needs if chance.random() < 0.75][:6]
        title = self._title(chance, vacancy.role, min(vacancy.levels), vacancy.english)
        if chance.random() < 0.15:
            title += f"（{vacancy.cities[0]}）" if not vacancy.english else f" ({vacancy.domain})"
        duties = [sentences.duty(vacancy.role, skill, 1) for skill in needs if chance.random() < 0.7]
        if chance.random() < style.collaborate and words.roles[vacancy.role].near:
            other = chance.choice(words.roles[vacancy.role].near)
            duties.append(sentences.colleagues(self._title(chance, other, 1, vacancy.english)))
        duties += chance.sample(words.shared[sentences.table("perks")], chance.randint(0, 2))
        chance.shuffle(duties)
        asked = [skill for skill in needs if chance.random() < 0.6]
        required = sentences.required(asked, min(vacancy.levels)) if chance.random() > style.omit else []
        salary = (None, None) if vacancy.negotiable else vacancy.salary
        return FeedDocument(
            feed_id=number + 1,
            title=title,
            keywords=tuple(keywords) if chance.random() > style.omit / 2 else (),
            job_description="\n".join(f"{place}、{duty}" for place, duty in enumerate(duties, 1)),
            skill_required="\n".join(required),
            salary_min=salary[0],
            salary_max=salary[1],
            levels=tuple(LEVELS[level] for level in vacancy.levels) if chance.random() > style.omit else (),
            areas=vacancy.cities,
            company_preferences=(vacancy.preference,) if vacancy.preference else (),
            domains=(vacancy.domain,) if chance.random() > style.omit else (),
        )

    def resume(self, chance: Random, number: int, person: Person, feeds: Sequence[FeedDocument]) -> Written:
        """The person's resume; who dresses up for a feed has read it."""
        style = self._style
        circumstances = person.circumstances
        verbose = chance.random() < style.verbose
        sentences = Sentences(chance, circumstances.english, style.variant, style.paraphrase, reserved=style.reserved)
        low = circumstances.salary
        resume = ResumeDocument(
            resume_id=number + 1,
            today=TODAY,
            position=self._title(
                chance, person.role, person.level if chance.random() < 0.3 else 1, circumstances.english
            ),
            self_evaluation=self._evaluation(chance, sentences, person, verbose),
            jobs=tuple(self._job(chance, sentences, stint, verbose) for stint in person.stints),
            studies=(self._study(chance, person),),
            level=LEVELS[person.level],
            years=person.years,
            salary_min=low,
            salary_max=round(low * chance.uniform(1.1, 1.5)),
            current_area=self._address(chance, circumstances.city),
            areas=circumstances.cities,
            domains=tuple(sorted({stint.domain for stint in person.stints})),
            certificates=self._certificates(chance, sentences, person),
        )
        written = self._flawed(chance, resume, verbose)
        if not person.stuffs:
            return written
        feed, how = person.stuffs
        return replace(written, resume=dressed_up(chance, written.resume, feeds[feed], how))

    def _title(self, chance: Random, role: str, level: int, english: bool) -> str:
        found = vocabulary().roles[role]
        titles = found.english if english else found.titles
        titles = titles if self._style.reserved else for_tuning(titles)
        title = titles[0] if chance.random() > self._style.variant else chance.choice(titles)
        if chance.random() < 0.5:
            return title
        return chance.choice((PREFIXES_ENGLISH if english else PREFIXES)[level]) + title

    def _evaluation(self, chance: Random, sentences: Sentences, person: Person, verbose: bool) -> str:
        best = sorted(person.mastery, key=lambda skill: -person.mastery[skill])
        shown = best if verbose else best[: chance.randint(2, 6)]
        parts = sentences.mastery({skill: person.mastery[skill] for skill in shown}, person.years)
        parts += sentences.fillers(chance.randint(5, 8) if verbose else chance.randint(0, 3))
        chance.shuffle(parts)
        return sentences.joined(parts)

    def _job(self, chance: Random, sentences: Sentences, stint: Stint, verbose: bool) -> JobDocument:
        words = vocabulary()
        english = sentences.english
        used = sorted(stint.used, key=lambda skill: -stint.used[skill])
        told = used if verbose else used[: chance.randint(2, 5)]
        lines = [
            sentences.duty(stint.role, skill, stint.used[skill]) for _ in range(self._style.projects) for skill in told
        ]
        near = words.roles[stint.role].near
        if near and chance.random() < self._style.collaborate:
            lines.append(sentences.colleagues(self._title(chance, chance.choice(near), 1, english)))
        lines += sentences.fillers(chance.randint(2, 5) if verbose else chance.choice((0, 0, 1)))
        known = chance.random() > self._style.omit / 2
        return JobDocument(
            company=self._company(chance, stint),
            position=self._title(chance, stint.role, stint.level, english),
            description=sentences.joined(lines) if chance.random() > self._style.omit else "",
            start=_months_ago(stint.began) if known else None,
            end=_months_ago(stint.ended) if known and stint.ended else None,
        )

    def _company(self, chance: Random, stint: Stint) -> str:
        shared = vocabulary().shared
        if stint.employer:
            return str(chance.choice(shared["companies"][stint.employer]))
        city = chance.choice(list(shared["cities"]))
        return f"{city}{chance.choice(shared['brands'])}{chance.choice(shared['trades'])}有限公司"

    def _study(self, chance: Random, person: Person) -> StudyDocument:
        words = vocabulary()
        role = person.stints[-1].role
        if chance.random() >= 0.75:
            role = chance.choice(words.roles_of(everyday=words.roles[role].is_everyday))
        schools = words.shared["key_schools" if person.circumstances.key_school else "schools"]
        return StudyDocument(chance.choice(schools), chance.choice(words.roles[role].majors), chance.choice(DEGREES))

    def _address(self, chance: Random, city: str) -> str:
        shared = vocabulary().shared
        province = shared["provinces"].get(city, "")
        forms = (
            city,
            city,
            f"{city}市",
            f"{province}{city}市",
            f"{province}{city}市{chance.choice(shared['districts'])}",
        )
        return chance.choice(forms)

    def _certificates(self, chance: Random, sentences: Sentences, person: Person) -> tuple[str, ...]:
        skills = vocabulary().skills
        held = (
            skill
            for skill, value in person.mastery.items()
            if skills[skill].kind is SkillKind.CERTIFICATE and value >= MASTERED
        )
        return tuple(sentences.name(skill) for skill in held if chance.random() < 0.8)

    def _flawed(self, chance: Random, resume: ResumeDocument, verbose: bool) -> Written:
        empty = {
            "position": "",
            "self_evaluation": "",
            "studies": (),
            "level": None,
            "years": None,
            "salary": None,
            "current_area": "",
            "areas": (),
            "domains": (),
        }
        missing = tuple(field for field in empty if chance.random() < self._style.omit)
        for field in missing:
            names = ("salary_min", "salary_max") if field == "salary" else (field,)
            resume = replace(resume, **dict.fromkeys(names, empty[field]))
        slips = chance.random() < self._style.typo
        if slips:
            resume = replace(
                resume,
                self_evaluation=misspelt(chance, resume.self_evaluation),
                jobs=tuple(replace(job, description=misspelt(chance, job.description)) for job in resume.jobs),
            )
        return Written(resume, verbose, slips, missing)


def dressed_up(chance: Random, resume: ResumeDocument, feed: FeedDocument, how: Stuffing) -> ResumeDocument:
    """The resume with the feed's words on it; the jobs stay what they were."""
    words = [*feed.keywords, *re.findall(r"[\w+#./]{2,}", feed.skill_required)]
    if not words:
        words = re.findall(r"[\w+#./]{2,}", feed.job_description)
    listed = "精通" + "、".join(words * chance.choice((1, 2)))
    match how:
        case Stuffing.LIST:
            return replace(resume, self_evaluation=f"{listed}。{resume.self_evaluation}")
        case Stuffing.WISH:
            return replace(resume, position=feed.title, self_evaluation=f"希望从事{feed.title}，{listed}")
        case Stuffing.COPY:
            job = resume.jobs[0]
            copied = f"{job.description}\n{feed.job_description}\n{feed.skill_required}"
            return replace(resume, jobs=(replace(job, description=copied), *resume.jobs[1:]))


def misspelt(chance: Random, text: str) -> str:
    """The text with one Chinese word misspelt, and the letters of one English word swapped."""
    typos = vocabulary().shared["typos"]
    right = [word for word in typos if word in text]
    if right:
        word = chance.choice(right)
        text = text.replace(word, typos[word], 1)
    found = list(WORD.finditer(text))
    if found:
        at = chance.choice(found).start() + chance.randint(1, 3)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :] if at + 1 < len(text) else text
    return text


def _months_ago(months: int) -> date:
    return TODAY - timedelta(days=round(months * DAYS_A_MONTH))
