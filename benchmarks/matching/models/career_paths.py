"""Everybody is a path through roles; who fits is who did the job long enough, and not too long ago."""

from random import Random

from benchmarks.matching.latent import Person, Stint, Vacancy, World, excess_salary, is_reachable, level_gap
from benchmarks.matching.population import MONTHS, Scene
from benchmarks.matching.vocabulary import vocabulary

HALF_LIFE = 48
"""Months after which what was learnt counts half."""
PRACTISED = 12
"""Months of a skill, as they count today, that make it one's own."""
LONG_ENOUGH = (6, 20, 40, 70)
"""Months in the role, as they count today, that each level takes."""


class CareerPaths:
    """Skills come from jobs and fade; a grade is a list of conditions."""

    name = "career paths"

    def draw(self, chance: Random, vacancies: int, people: int) -> World:
        """People who went from job to job, mostly within their field, and vacancies in some of the fields."""
        scene = Scene(chance)
        needed = [self._vacancy(scene) for _ in range(vacancies)]
        return World(scene.dress_up([self._person(scene) for _ in range(people)], needed), needed)

    def _vacancy(self, scene: Scene) -> Vacancy:
        chance = scene.chance
        name = chance.choice(scene.roles)
        role = vocabulary().roles[name]
        pool = (*role.core, *role.core, *role.further)
        needs = dict.fromkeys(chance.sample(pool, min(len(pool), chance.randint(3, 6))), 0.5)
        return scene.vacancy(name, needs, chance.choice((0, 1, 1, 2, 2, 3)))

    def _person(self, scene: Scene) -> Person:
        chance = scene.chance
        words = vocabulary()
        years, _usual = scene.years()
        left = max(6, years * MONTHS + chance.randint(0, 11))
        role = scene.anybody()
        path: list[tuple[str, int]] = []
        while left > 0 and len(path) < 6:
            months = min(left, chance.randint(8, 60))
            path.append((role, months))
            left -= months
            draw, found = chance.random(), words.roles[role]
            if draw < 0.15 and found.kin:
                role = chance.choice(sorted(found.kin))
            elif draw < 0.22 and found.near:
                role = chance.choice(found.near)
            elif draw < 0.27:
                role = scene.anybody()
        used = [self._practice(chance, role) for role, _months in path]
        stints = scene.stints(path, used)
        role = stints[0].role
        own = sum(stint.months * words.closeness(stint.role, role) for stint in stints)
        level = sum(own >= months for months in LONG_ENOUGH[1:])
        mastery = {
            skill: min(1.0, practice(stints, skill) / (4 * PRACTISED))
            for skill in {skill for stint in stints for skill in stint.used}
        }
        return Person(role, level, years, mastery, stints, scene.circumstances(role, level))

    def _practice(self, chance: Random, role: str) -> dict[str, float]:
        found = vocabulary().roles[role]
        skills = [skill for skill in found.core if chance.random() < 0.85]
        skills += [skill for skill in found.further if chance.random() < 0.4]
        return {skill: chance.uniform(0.4, 1) for skill in skills or found.core}

    def grade(self, person: Person, vacancy: Vacancy) -> int:
        """Months and skills decide what is possible; too far, too dear or of another level costs a grade each."""
        closeness = vocabulary().closeness
        months = sum(today(stint) * closeness(stint.role, vacancy.role) for stint in person.stints)
        needed = LONG_ENOUGH[min(vacancy.levels)]
        owned = [min(1.0, practice(person.stints, skill) / PRACTISED) for skill in vacancy.needs]
        covered = sum(owned) / len(owned)
        if months >= 0.7 * needed and covered >= 0.65:
            grade = 3
        elif months >= 0.5 * needed and covered >= 0.45:
            grade = 2
        elif months >= 0.25 * needed and covered >= 0.25:
            grade = 1
        else:
            return 0
        grade -= min(2, level_gap(person, vacancy))
        grade -= not is_reachable(person, vacancy)
        grade -= excess_salary(person, vacancy) > 0.2
        return max(0, grade)


def today(stint: Stint) -> float:
    """The months of a job, as much as they count today."""
    return stint.months * float(0.5 ** (stint.ended / HALF_LIFE))


def practice(stints: tuple[Stint, ...], skill: str) -> float:
    """The months of practice in a skill, as much as they count today."""
    return sum(today(stint) * stint.used.get(skill, 0.0) for stint in stints)
