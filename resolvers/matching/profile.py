"""A resume in the form that matching stores: terms with a byte of evidence each, titles and a few numbers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple, Self

import orjson

from models.talent.vocabulary import TalentLevel
from resolvers.matching import areas, degrees, employers, history, lexicon, schools, text, titles
from resolvers.matching.documents import ResumeDocument
from resolvers.matching.evidence import CERTIFIED, FREQUENCIES, LISTED, Mentions, code
from resolvers.matching.history import MAX_ENTRIES, DatedJob, dated, years_of
from resolvers.matching.titles import Title

VERSION: Final = 7
"""Of what `dumps` writes and of what is made of texts and dates: a profile of another one is made again."""

LEVELS: Final = tuple(TalentLevel)
UNKNOWN: Final = history.UNKNOWN
MAX_YEARS: Final = history.MAX_YEARS

HAS_TEXT: Final = 1
HAS_AREAS: Final = 2
HAS_DOMAINS: Final = 4
HAS_JOBS: Final = 8
HAS_STUDIES: Final = 16
TRUNCATED: Final = 32
"""The resume says more than is read."""

ANYWHERE: Final = lexicon.AREA + "*"
MAX_JOBS: Final = 4
"""How many jobs' titles are kept, the last ones."""
MAX_SALARY: Final = 100_000_000

ANYWHERE_COUNTS: Final = 0.9
"""What a city counts for somebody who did not name it and goes anywhere, or anywhere else."""
_MOST_NAMED = 50
"""An area of more cities is every one but some."""
_CURRENT_AREA = 0.7
_ONLY_CURRENT_AREA = 0.85
_DOMAIN_OF_JOB = 0.6
_DOMAIN_OF_TEXT = 0.4
_HINTED_COMPANY = 0.6
_MENTIONED_ROLE = 0.7


class Meaning(NamedTuple):
    """What a text means, as `meaning.py` encodes it: the model's name, and a vector, which is b"" for no text."""

    model: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Profile:
    """What matching knows of a resume; equal for equal resumes.

    `level` is an index of LEVELS, `degree` of DEGREES, `flags` tell what the resume says anything about; numbers are
    UNKNOWN where it does not. `jobs` are the last titles with a weight of at most 100, and `spent` the quarters of a
    year that each of these jobs alone took. `meaning` is None unless a model read the resume.
    """

    resume_id: int
    level: int
    years: int
    degree: int
    salary_min: int
    salary_max: int
    length: int
    flags: int
    wish: Title
    jobs: tuple[tuple[Title, int], ...]
    terms: tuple[str, ...]
    codes: bytes
    meaning: Meaning | None = None
    spent: tuple[int, ...] = ()

    @classmethod
    def of(cls, document: ResumeDocument) -> Self:
        """The profile of a resume."""
        jobs = dated(document)
        described = [text.read(job.description) for job, *_ in jobs]
        beside = [
            titles.beside(job.position, f"{job.company} {job.description}", found.meant)
            for (job, *_), found in zip(jobs, described, strict=True)
        ]
        held = [(title, weight) for (title, _), (*_, weight) in zip(beside, jobs, strict=True)]
        wish, no_wish = titles.beside(
            document.position,
            " ".join(f"{job.company} {job.description}" for job, *_ in jobs),
            chain.from_iterable(found.meant for found in described),
        )
        roles = {role for title in (wish, *(title for title, _ in held)) for role in title.roles}
        mentions = Mentions(lexicon.FAMILIES[role] for role in roles if role in lexicon.FAMILIES)
        done: set[str] = set()
        for (job, months, recency, _), duties, (_, no_roles) in zip(jobs, described, beside, strict=True):
            done.update(duties.meant)
            for found in (duties, text.read(job.position)):
                mentions.job([term for term in found.meant if term not in no_roles], months, recency)
                mentions.words(found.inner)
        listings = [(listed, LISTED) for listed in (document.position, document.self_evaluation)]
        listings += [(certificate, CERTIFIED) for certificate in document.certificates[:MAX_ENTRIES]]
        listings += [(study.major, LISTED) for study in document.studies[:MAX_ENTRIES]]
        for listed, strength in listings:
            found = text.read(listed)
            mentions.listing([term for term in found.meant if term not in no_wish], strength)
            mentions.words(found.inner)
        codes = mentions.codes()
        length = sum(int(FREQUENCIES[value]) for value in codes.values())
        titled = [(job, *known) for (job, *_), known in zip(jobs, held, strict=True) if known[0]][:MAX_JOBS]
        kept = tuple((title, weight) for _, title, weight in titled)
        if not wish and not kept and (named := mentions.roles()):
            kept = ((Title(roles=tuple(named)), round(_MENTIONED_ROLE * 100)),)
        _add_domains(codes, document, done)
        _add_areas(codes, document)
        _add_groups(codes, document)
        salary_min, salary_max = _salary(document.salary_min, document.salary_max)
        return cls(
            resume_id=document.resume_id,
            level=_level(document, jobs),
            years=years_of(document),
            degree=_degree(document),
            salary_min=salary_min,
            salary_max=salary_max,
            length=length,
            flags=_flags(document, codes, length),
            wish=wish,
            jobs=kept,
            terms=tuple(codes),
            codes=bytes(codes.values()),
            spent=tuple(history.spent(job, document) for job, *_ in titled),
        )

    def dumps(self) -> bytes:
        """The profile as bytes, for `loads`."""
        wish, jobs = _list(self.wish), [[*_list(title), weight] for title, weight in self.jobs]
        pay = self.salary_min, self.salary_max
        numbers = [self.resume_id, self.level, self.years, self.degree, *pay, self.length, self.flags, *self.spent]
        meant = () if self.meaning is None else ([self.meaning.model, self.meaning.vector.decode("latin-1")],)
        return orjson.dumps([VERSION, numbers, wish, jobs, self.terms, self.codes.decode("latin-1"), *meant])

    @classmethod
    def loads(cls, content: bytes) -> Self:
        """The profile that `dumps` wrote. Raises ValueError for anything else, that of another version included."""
        try:
            version, *parts = orjson.loads(content)
            if version == VERSION:
                return cls._made_of(*parts)
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise ValueError("This is no profile.") from error
        raise ValueError(f"This is a profile of version {version!r}.")

    @classmethod
    def _made_of(
        cls,
        numbers: Sequence[int],
        wish: Sequence[list[str]],
        jobs: Sequence[list[Any]],
        terms: list[str],
        codes: str,
        meant: Sequence[str] | None = None,
    ) -> Self:
        resume_id, level, years, degree, salary_min, salary_max, length, flags, *spent = numbers
        if len(terms) != len(codes):
            raise ValueError("Each term has one byte.")
        return cls(
            resume_id,
            level,
            years,
            degree,
            salary_min,
            salary_max,
            length,
            flags,
            _title(wish),
            tuple((_title(job[:3]), job[3]) for job in jobs),
            tuple(terms),
            codes.encode("latin-1"),
            Meaning(meant[0], meant[1].encode("latin-1")) if meant else None,
            tuple(spent),
        )


def _list(title: Title) -> list[Any]:
    return [title.roles, title.skills, title.words]


def _title(parts: Sequence[Sequence[str]]) -> Title:
    roles, skills, words = parts
    return Title(tuple(roles), tuple(skills), tuple(words))


def _level(document: ResumeDocument, jobs: Sequence[DatedJob]) -> int:
    told = document.level or titles.level_of(document.position)
    if told is None and jobs:
        told = titles.level_of(jobs[0][0].position)
    return UNKNOWN if told is None else LEVELS.index(told)


def _degree(document: ResumeDocument) -> int:
    """The highest one."""
    return max((degrees.held(study.degree) for study in document.studies), default=UNKNOWN)


def _salary(low: int | None, high: int | None) -> tuple[int, int]:
    known = [max(0, min(value, MAX_SALARY)) for value in (low, high) if value is not None]
    return (min(known), max(known)) if known else (UNKNOWN, UNKNOWN)


def _strengthen(codes: dict[str, int], term: str, strength: float) -> None:
    """Raise a term's strength; how often texts mention it stays."""
    known = codes.get(term, 0)
    codes[term] = max(known // 4, code(strength) // 4) * 4 + known % 4


def _add_domains(codes: dict[str, int], document: ResumeDocument, done: Collection[str]) -> None:
    """The domains that the resume names, those of its employers' names, and those `done` or else mentioned."""
    for term in list(codes):
        if term.startswith(lexicon.DOMAIN):
            codes[term] = code(_DOMAIN_OF_JOB if term in done else _DOMAIN_OF_TEXT, codes[term] % 4)
    for job in document.jobs[:MAX_ENTRIES]:
        _add_found(codes, employers.domains(text.normalise(job.company)), _DOMAIN_OF_JOB)
    for name in document.domains[:MAX_ENTRIES]:
        for term in domain_terms(name):
            _strengthen(codes, term, 1.0)


def domain_terms(name: str) -> tuple[str, ...]:
    """The terms of a domain of the dictionary."""
    normal = text.normalise(name).strip()
    return lexicon.DOMAINS.meant(normal) or ((lexicon.DOMAIN + normal[: text.MAX_WORD],) if normal else ())


def _add_areas(codes: dict[str, int], document: ResumeDocument) -> None:
    wishes = document.areas[:MAX_ENTRIES]
    current = _CURRENT_AREA if wishes else _ONLY_CURRENT_AREA
    for area, strength in (*((area, 1.0) for area in wishes), (document.current_area, current)):
        places = (ANYWHERE,) if areas.is_anywhere(area) else areas.places(area)
        named = strength if len(places) <= _MOST_NAMED else strength * ANYWHERE_COUNTS
        for place in places:
            _strengthen(codes, place, named)
            if (province := areas.province_of(place)) is not None:
                _strengthen(codes, province, named)


def _add_groups(codes: dict[str, int], document: ResumeDocument) -> None:
    for job in document.jobs[:MAX_ENTRIES]:
        company, description = text.normalise(job.company), text.normalise(job.description)
        _add_found(codes, employers.named(lexicon.COMPANIES, company), 1.0)
        _add_found(codes, employers.named(lexicon.COMPANY_HINTS, f"{company} {description}"), _HINTED_COMPANY)
    for study in document.studies[:MAX_ENTRIES]:
        named = schools.named(text.normalise(study.school).strip())
        _add_found(codes, (term for _, meant in named for term in meant), 1.0)


def _add_found(codes: dict[str, int], terms: Iterable[str], strength: float) -> None:
    for term in terms:
        _strengthen(codes, term, strength)


def _flags(document: ResumeDocument, codes: dict[str, int], length: int) -> int:
    return (
        HAS_TEXT * (length > 0)
        | HAS_AREAS * any(term.startswith((lexicon.AREA, lexicon.PROVINCE)) for term in codes)
        | HAS_DOMAINS * any(term.startswith(lexicon.DOMAIN) for term in codes)
        | HAS_JOBS * any(job.company.strip() for job in document.jobs)
        | HAS_STUDIES * any(study.school.strip() for study in document.studies)
        | TRUNCATED * _is_longer(document)
    )


def _is_longer(document: ResumeDocument) -> bool:
    """Whether a resume says more than is read."""
    lists = (document.jobs, document.studies, document.areas, document.domains, document.certificates)
    texts = (document.position, document.self_evaluation, *(job.description for job in document.jobs))
    return any(len(each) > MAX_ENTRIES for each in lists) or any(len(each) > text.MAX_TEXT for each in texts)
