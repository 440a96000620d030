"""What all latent models share: who is about, where they live, and who only dresses up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from benchmarks.matching.latent import (
    Circumstances,
    Person,
    Stint,
    Stuffing,
    Vacancy,
    level_of,
    usual_salary,
)
from benchmarks.matching.vocabulary import vocabulary

ROLES_IN_PLAY = 12
CITIES_IN_PLAY = 4
STUFFERS = 0.15
STRANGE = 0.2
"""How little the role of somebody who dresses up may have in common with the vacancy's."""
WELL_KNOWN = 0.25
OTHER_LEVEL = 0.12
MONTHS = 12


class Scene:
    """The roles and cities of one world: few enough that every vacancy has people to find."""

    def __init__(self, chance: Random, *, everyday: bool = False) -> None:
        words = vocabulary()
        self.chance = chance
        every = sorted(words.roles_of(everyday=everyday))
        self.roles = chance.sample(every, ROLES_IN_PLAY)
        around = [other for role in self.roles for other in (*words.roles[role].kin, *words.roles[role].near)]
        self._crowds: Sequence[tuple[float, Sequence[str]]] = ((0.6, self.roles), (0.85, around), (1.0, every))
        self.cities = chance.sample(sorted(words.shared["cities"]), CITIES_IN_PLAY)

    def anybody(self) -> str:
        """The role of somebody: mostly one in play, often one close to those, sometimes any."""
        draw = self.chance.random()
        return self.chance.choice(next(crowd for limit, crowd in self._crowds if draw < limit))

    def years(self) -> tuple[int, int]:
        """Years of experience, and the level, which usually follows from them."""
        years = min(25, int(self.chance.expovariate(1 / 5.5)))
        level = level_of(years)
        if self.chance.random() < OTHER_LEVEL:
            level = min(3, max(0, level + self.chance.choice((-1, 1))))
        return years, level

    def circumstances(self, role: str, level: int) -> Circumstances:
        """A home, the cities that somebody would work in, and a salary to ask for."""
        city = self.chance.choice(self.cities)
        others = [other for other in self.cities if other != city]
        cities = [city] if self.chance.random() < 0.85 else []
        cities += self.chance.sample(others, self.chance.choice((0, 0, 0, 1, 2)) or int(not cities))
        return Circumstances(
            city,
            tuple(cities),
            usual_salary(self.chance, role, level, city, 0.18),
            self.chance.random() < 0.2,
            self.chance.random() < 0.12,
        )

    def domain(self, role: str) -> str:
        """A domain that the role's group is usual in."""
        words = vocabulary()
        domain: str = self.chance.choice(words.shared["domains"][words.roles[role].group])
        return domain

    def employer(self) -> str | None:
        """The kind of a well-known employer, or None for one that nobody knows."""
        kinds = sorted(vocabulary().shared["companies"])
        return self.chance.choice(kinds) if self.chance.random() < WELL_KNOWN else None

    def stints(self, path: Sequence[tuple[str, int]], used: Sequence[Mapping[str, float]]) -> tuple[Stint, ...]:
        """Jobs one after the other, the first first, from roles with their months and the skills used in each."""
        ended = 0 if self.chance.random() < 0.7 else self.chance.randint(1, 8)
        found: list[Stint] = []
        before = sum(months for _role, months in path)
        for (role, months), skills in zip(reversed(path), reversed(used), strict=True):
            before -= months
            level = level_of(before // MONTHS + months // MONTHS // 2)
            found.append(Stint(role, level, ended + months, ended, skills, self.domain(role), self.employer()))
            ended += months + self.chance.choice((0, 0, 1, 2, 4))
        return tuple(found)

    def vacancy(self, role: str, needs: Mapping[str, float], level: int) -> Vacancy:
        """A vacancy with these needs, somewhere, for what is usually paid."""
        chance = self.chance
        levels = {level} if chance.random() < 0.5 else {level, min(3, level + 1)}
        cities = tuple(chance.sample(self.cities, chance.choice((1, 1, 2))))
        low = usual_salary(chance, role, min(levels), cities[0], 0.1)
        high = round(low * chance.uniform(1.35, 2))
        preferences = sorted(vocabulary().shared["companies"])
        return Vacancy(
            role,
            tuple(sorted(levels)),
            needs,
            cities,
            (low, high),
            chance.random() < 0.15,
            self.domain(role),
            chance.choice(preferences) if chance.random() < 0.3 else None,
            chance.random() < 0.12,
        )

    def dress_up(self, people: Sequence[Person], vacancies: Sequence[Vacancy]) -> list[Person]:
        """The same people, of whom some now dress up for a vacancy that they know nothing about."""
        closeness = vocabulary().closeness
        dressed = []
        for person in people:
            strange = [
                number
                for number, vacancy in enumerate(vacancies)
                if all(closeness(stint.role, vacancy.role) < STRANGE for stint in person.stints)
            ]
            if strange and self.chance.random() < STUFFERS:
                stuffs = (self.chance.choice(strange), self.chance.choice(tuple(Stuffing)))
                dressed.append(replace(person, stuffs=stuffs))
            else:
                dressed.append(person)
        return dressed
