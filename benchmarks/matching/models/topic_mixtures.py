"""Everybody is a mixture of roles; who fits is whose skills are distributed like the vacancy's."""

from collections import Counter
from collections.abc import Mapping
from math import sqrt
from random import Random

from benchmarks.matching.latent import Person, Vacancy, World, is_reachable, level_gap
from benchmarks.matching.population import MONTHS, Scene
from benchmarks.matching.vocabulary import vocabulary

THRESHOLDS = (0.45, 0.66, 0.82)
"""The likeness from which somebody is graded 1, 2 and 3."""
DRAWS = 14
CORE = 2.0


class TopicMixtures:
    """Roles are topics over skills; likeness is the cosine of what is had and what is needed."""

    name = "topic mixtures"

    def draw(self, chance: Random, vacancies: int, people: int) -> World:
        """People and vacancies with one or two topics, and skills drawn from them."""
        scene = Scene(chance)
        needed = [self._vacancy(scene) for _ in range(vacancies)]
        return World(scene.dress_up([self._person(scene) for _ in range(people)], needed), needed)

    def _vacancy(self, scene: Scene) -> Vacancy:
        chance = scene.chance
        name = chance.choice(scene.roles)
        mixture = self._mixture(chance, name, chance.uniform(0.75, 1))
        drawn = self._skills(chance, mixture, 9)
        needs = {skill: count / max(drawn.values()) for skill, count in drawn.most_common(6)}
        return scene.vacancy(name, needs, chance.choice((0, 1, 1, 2, 2, 3)))

    def _person(self, scene: Scene) -> Person:
        chance = scene.chance
        name = scene.anybody()
        years, level = scene.years()
        mixture = self._mixture(chance, name, chance.uniform(0.5, 1))
        drawn = self._skills(chance, mixture, DRAWS + 2 * level)
        most = max(drawn.values())
        mastery = {skill: (0.4 + 0.15 * level) * count / most for skill, count in drawn.items()}
        months = max(6, years * MONTHS)
        parts = sorted(mixture.items(), key=lambda part: part[1])
        path = [(role, max(4, round(months * weight))) for role, weight in parts if weight > 0.15]
        used = [self._part(mastery, role) for role, _months in path]
        return Person(name, level, years, mastery, scene.stints(path, used), scene.circumstances(name, level))

    def _mixture(self, chance: Random, role: str, weight: float) -> dict[str, float]:
        found = vocabulary().roles[role]
        others = (*found.kin, *found.near)
        if weight == 1 or not others:
            return {role: 1.0}
        return {role: weight, chance.choice(others): 1 - weight}

    def _skills(self, chance: Random, mixture: Mapping[str, float], draws: int) -> Counter[str]:
        topics = chance.choices(list(mixture), list(mixture.values()), k=draws)
        return Counter(chance.choices(*_topic(role))[0] for role in topics)

    def _part(self, mastery: Mapping[str, float], role: str) -> dict[str, float]:
        skills, _weights = _topic(role)
        part = {skill: value for skill, value in mastery.items() if skill in skills}
        return part or {skills[0]: 0.3}

    def grade(self, person: Person, vacancy: Vacancy) -> int:
        """The cosine, of which experience as something else takes much, another level some, and distance a little."""
        dot = sum(person.mastery.get(skill, 0.0) * need for skill, need in vacancy.needs.items())
        if not dot:
            return 0
        likeness = dot / (_norm(person.mastery) * _norm(vacancy.needs))
        total = sum(stint.months for stint in person.stints)
        closeness = vocabulary().closeness
        served = sum(stint.months * closeness(stint.role, vacancy.role) for stint in person.stints) / total
        likeness = min(1.0, 1.35 * likeness) * (0.35 + 0.65 * served)
        likeness *= (1.0, 0.93, 0.8, 0.65)[level_gap(person, vacancy)]
        likeness *= 1.0 if is_reachable(person, vacancy) else 0.95
        return sum(likeness >= threshold for threshold in THRESHOLDS)


def _topic(role: str) -> tuple[list[str], list[float]]:
    found = vocabulary().roles[role]
    return [*found.core, *found.further], [CORE] * len(found.core) + [1.0] * len(found.further)


def _norm(vector: Mapping[str, float]) -> float:
    return sqrt(sum(value * value for value in vector.values()))
