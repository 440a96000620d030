"""Everybody is a vector of mastery; who fits is a weighted sum."""

from random import Random

from benchmarks.matching.latent import Person, Vacancy, World, excess_salary, is_reachable, level_gap
from benchmarks.matching.population import MONTHS, Scene
from benchmarks.matching.vocabulary import vocabulary

THRESHOLDS = (0.28, 0.46, 0.66)
"""The fitness from which somebody is graded 1, 2 and 3."""
USED = 0.15


class SkillVectors:
    """Skills count by how much of the needed mastery is there, discounted by how close the role is."""

    name = "skill vectors"

    def draw(self, chance: Random, vacancies: int, people: int) -> World:
        """People of a role with its skills and some strays; vacancies with the skills of theirs."""
        scene = Scene(chance)
        needed = [self._vacancy(scene) for _ in range(vacancies)]
        return World(scene.dress_up([self._person(scene) for _ in range(people)], needed), needed)

    def _vacancy(self, scene: Scene) -> Vacancy:
        chance = scene.chance
        name = chance.choice(scene.roles)
        role = vocabulary().roles[name]
        level = chance.choice((0, 1, 1, 2, 2, 3))
        core = chance.sample(role.core, chance.randint(min(3, len(role.core)), len(role.core)))
        further = chance.sample(role.further, min(len(role.further), chance.randint(1, 3)))
        needs = dict.fromkeys(core, 0.35 + 0.15 * level) | dict.fromkeys(further, 0.2 + 0.12 * level)
        return scene.vacancy(name, needs, level)

    def _person(self, scene: Scene) -> Person:
        chance, words = scene.chance, vocabulary()
        name = scene.anybody()
        role = words.roles[name]
        years, level = scene.years()
        mastery: dict[str, float] = {}

        def learn(skills: tuple[str, ...], share: float, mean: float) -> None:
            for skill in skills:
                if chance.random() < share:
                    learnt = min(1.0, max(0.0, chance.gauss(mean, 0.18)))
                    mastery[skill] = max(learnt, mastery.get(skill, 0.0))

        learn(role.core, 0.9, 0.35 + 0.18 * level)
        learn(role.further, 0.45, 0.25 + 0.15 * level)
        others = (*role.kin, *role.near)
        path = [(name, max(6, years * MONTHS // 2)), (name, max(4, years * MONTHS // 3))]
        if others and chance.random() < 0.35:
            other = chance.choice(others)
            learn(words.roles[other].core, 0.4, 0.25)
            if chance.random() < 0.4:
                path.insert(0, (other, chance.randint(6, 30)))
        path = path[: max(1, min(len(path), years))] if name == path[0][0] else path
        used = [
            {skill: value for skill, value in mastery.items() if self._belongs(skill, where, value)}
            for where, _months in path
        ]
        return Person(name, level, years, mastery, scene.stints(path, used), scene.circumstances(name, level))

    def _belongs(self, skill: str, role: str, value: float) -> bool:
        found = vocabulary().roles[role]
        return value > USED and (skill in found.core or skill in found.further)

    def grade(self, person: Person, vacancy: Vacancy) -> int:
        """Ability first; level, place and money take some of it away."""
        had = sum(
            need * min(1.0, person.mastery.get(skill, 0.0) / need) for skill, need in vacancy.needs.items()
        ) / sum(vacancy.needs.values())
        closeness = vocabulary().closeness(person.role, vacancy.role)
        fitness = had * (0.3 + 0.7 * closeness)
        fitness -= (0.0, 0.1, 0.25, 0.35)[level_gap(person, vacancy)]
        fitness -= 0 if is_reachable(person, vacancy) else 0.17
        fitness -= min(0.2, excess_salary(person, vacancy) / 2)
        if fitness > THRESHOLDS[0]:
            fitness += 0.04 * any(stint.domain == vacancy.domain for stint in person.stints)
            fitness += 0.04 * any(stint.employer == vacancy.preference for stint in person.stints if stint.employer)
        return sum(fitness >= threshold for threshold in THRESHOLDS)
