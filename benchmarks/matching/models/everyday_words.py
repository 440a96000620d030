"""Everybody is a list of things they have done; who fits has done most of what the job consists of.

These people do not use the engine's words: their roles and skills are those of `vocabulary/everyday.yaml`.
"""

from random import Random

from benchmarks.matching.latent import Person, Vacancy, World, excess_salary, is_reachable, level_gap
from benchmarks.matching.population import MONTHS, Scene
from benchmarks.matching.vocabulary import vocabulary

THRESHOLDS = (0.4, 0.6, 0.85)
"""The part of a job that somebody must have done to be graded 1, 2 and 3."""
LEARNT = 24
"""Months after which somebody does a thing as well as anybody."""
WELL = 0.5
"""The mastery that is enough for a job."""
FAR, DEAR = 2, 0.3


class EverydayWords:
    """What the job was called counts for nothing; too far, too dear or of quite another level costs a grade each."""

    name = "everyday words"

    def draw(self, chance: Random, vacancies: int, people: int) -> World:
        """People with up to three jobs, and vacancies of what one of these roles does."""
        scene = Scene(chance, everyday=True)
        needed = [self._vacancy(scene) for _ in range(vacancies)]
        return World(scene.dress_up([self._person(scene) for _ in range(people)], needed), needed)

    def _vacancy(self, scene: Scene) -> Vacancy:
        chance = scene.chance
        name = chance.choice(scene.roles)
        role = vocabulary().roles[name]
        needs = dict.fromkeys(role.core, 1.0) | dict.fromkeys(chance.sample(role.further, 1), 0.5)
        return scene.vacancy(name, needs, chance.choice((0, 1, 1, 2, 2, 3)))

    def _person(self, scene: Scene) -> Person:
        chance = scene.chance
        years, level = scene.years()
        months = max(8, years * MONTHS)
        role = scene.anybody()
        kin = sorted(vocabulary().roles[role].kin)
        path = [(role, months)]
        if years > 2 and chance.random() < 0.5:
            before = chance.choice(kin) if kin and chance.random() < 0.6 else scene.anybody()
            path = [(before, months // 3), (role, months - months // 3)]
        used = [self._done(chance, name) for name, _months in path]
        mastery: dict[str, float] = {}
        for (_name, spent), done in zip(path, used, strict=True):
            for skill, often in done.items():
                mastery[skill] = min(1.0, mastery.get(skill, 0.0) + often * spent / LEARNT)
        return Person(role, level, years, mastery, scene.stints(path, used), scene.circumstances(role, level))

    def _done(self, chance: Random, role: str) -> dict[str, float]:
        found = vocabulary().roles[role]
        done = [skill for skill in found.core if chance.random() < 0.9]
        done += [skill for skill in found.further if chance.random() < 0.4]
        return {skill: chance.uniform(0.4, 1) for skill in done or found.core}

    def grade(self, person: Person, vacancy: Vacancy) -> int:
        """The part of the job that the person has done well enough."""
        done = sum(need * min(1.0, person.mastery.get(skill, 0.0) / WELL) for skill, need in vacancy.needs.items())
        grade = sum(done / sum(vacancy.needs.values()) >= threshold for threshold in THRESHOLDS)
        grade -= not is_reachable(person, vacancy)
        grade -= level_gap(person, vacancy) >= FAR
        grade -= excess_salary(person, vacancy) > DEAR
        return max(0, grade)
