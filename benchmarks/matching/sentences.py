"""Sentences about skills, in Chinese or in English."""

from collections.abc import Mapping, Sequence
from random import Random

from benchmarks.matching.vocabulary import SkillKind, for_tuning, vocabulary

LITTLE = 0.3
MUCH = 0.6
DUTIES = {
    (SkillKind.TOOL, False): ("使用{skill}完成{thing}相关工作", "基于{skill}推进{thing}", "{thing}中大量运用{skill}"),
    (SkillKind.DUTY, False): ("负责{thing}的{skill}", "主导{skill}，支撑{thing}", "承担{thing}方面的{skill}工作"),
    (SkillKind.CERTIFICATE, False): ("持有{skill}", "已取得{skill}，从事{thing}"),
    (SkillKind.TOOL, True): ("Used {skill} every day", "Built and maintained our work on {skill}"),
    (SkillKind.DUTY, True): ("Responsible for {skill}", "Led {skill} for the team"),
    (SkillKind.CERTIFICATE, True): ("Holds {skill}",),
}
LITTLE_DUTIES = {False: ("协助同事做过一些{skill}", "偶尔接触{skill}"), True: ("Assisted with {skill}",)}
REQUIRED = {
    False: ("熟悉{skills}", "精通{skills}优先", "有{skills}经验", "熟练掌握{skills}"),
    True: ("Hands-on experience with {skills}", "Good knowledge of {skills}"),
}
YEARS = ("不限经验", "3年以上相关经验", "五年以上工作经验", "8年以上相关领域经验")
YEARS_ENGLISH = ("No experience needed", "3+ years of experience", "5+ years of experience", "8+ years of experience")


class Sentences:
    """Chooses words for skills with one source of chance, in one language."""

    def __init__(self, chance: Random, english: bool, variant: float, paraphrase: float, *, reserved: bool) -> None:
        self.english = english
        self._chance = chance
        self._variant = variant
        self._paraphrase = paraphrase
        self._reserved = reserved

    def table(self, name: str) -> str:
        """The name of a shared table in this language."""
        return f"{name}_english" if self.english else name

    def name(self, skill: str) -> str:
        """A name of the skill: the usual one, or a variant."""
        found = vocabulary().skills[skill]
        names = found.english if self.english else found.names
        if self._chance.random() >= self._variant:
            return names[0]
        return self._chance.choice(names if self._reserved else for_tuning(names))

    def duty(self, role: str, skill: str, intensity: float) -> str:
        """What somebody of that role does with the skill; intensity tells how much, from 0 to 1."""
        found = vocabulary().skills[skill]
        shown = found.shown_english if self.english else found.shown
        if intensity <= LITTLE:
            return self._chance.choice(LITTLE_DUTIES[self.english]).format(skill=self.name(skill))
        if shown and self._chance.random() < self._paraphrase:
            return self._chance.choice(shown)
        thing = self._chance.choice(vocabulary().roles[role].things)
        return self._chance.choice(DUTIES[found.kind, self.english]).format(skill=self.name(skill), thing=thing)

    def colleagues(self, title: str) -> str:
        """A mention of somebody else's job."""
        return f"Worked closely with the {title}" if self.english else f"与{title}等岗位密切配合"

    def mastery(self, skills: Mapping[str, float], years: int) -> list[str]:
        """What somebody claims to master, to be good at, and to know a little."""
        much = [self.name(skill) for skill, value in skills.items() if value >= MUCH]
        some = [self.name(skill) for skill, value in skills.items() if LITTLE < value < MUCH]
        little = [self.name(skill) for skill, value in skills.items() if value <= LITTLE]
        comma = ", " if self.english else "、"
        parts = [
            form + comma.join(names)
            for form, names in zip(
                ("Expert in ", "Familiar with ", "Basic knowledge of ") if self.english else ("精通", "熟悉", "了解"),
                (much, some, little),
                strict=True,
            )
            if names
        ]
        if self._chance.random() < 0.4:
            parts.append(f"{years} years of experience" if self.english else f"{years}年工作经验")
        return parts

    def fillers(self, number: int) -> list[str]:
        """Sentences that could stand in any resume."""
        fillers: list[str] = vocabulary().shared[self.table("fillers")]
        return self._chance.sample(fillers, min(number, len(fillers)))

    def required(self, skills: Sequence[str], level: int) -> list[str]:
        """Lines of requirements: the skills in twos, and the years."""
        comma = ", " if self.english else "、"
        lines = [
            self._chance.choice(REQUIRED[self.english]).format(
                skills=comma.join(self.name(skill) for skill in skills[at : at + 2])
            )
            for at in range(0, len(skills), 2)
        ]
        return [*lines, (YEARS_ENGLISH if self.english else YEARS)[level]]

    def joined(self, parts: Sequence[str]) -> str:
        """The parts as one text, in one of the usual layouts."""
        if self.english:
            return ". ".join(parts)
        layout = self._chance.randrange(3)
        if layout == 0:
            return "\n".join(f"{number}. {part}" for number, part in enumerate(parts, 1))
        return ("；" if layout == 1 else "，").join(parts)
