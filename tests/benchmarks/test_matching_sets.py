"""The graded sets: the same for the same seed, graded by what people can do and not by what they write."""

from dataclasses import replace

import pytest

from benchmarks.matching import ours
from benchmarks.matching.baselines import Scores, bm25, keyword_count, query_text, resume_text
from benchmarks.matching.errors import why_high
from benchmarks.matching.graded import (
    HELD_OUT_SEEDS,
    RELEVANT,
    STYLES,
    TUNING_SEEDS,
    GradedSet,
    graded_set,
)
from benchmarks.matching.latent import LatentModel, Stuffing
from benchmarks.matching.metrics import auc, estimate, ndcg
from benchmarks.matching.models import LATENT_MODELS
from benchmarks.matching.models.everyday_words import EverydayWords
from benchmarks.matching.surface import Style
from benchmarks.matching.vocabulary import for_tuning, vocabulary
from resolvers.matching import lexicon, text, titles
from resolvers.matching.engine import Engine

FEEDS, RESUMES = 12, 300


@pytest.fixture(scope="module", params=LATENT_MODELS, ids=[model.name for model in LATENT_MODELS])
def model(request: pytest.FixtureRequest) -> LatentModel:
    found: LatentModel = request.param
    return found


@pytest.fixture(scope="module")
def graded(model: LatentModel) -> GradedSet:
    return graded_set(model, "test", FEEDS, RESUMES)


def test_a_seed_gives_the_same_set_and_another_seed_another(model: LatentModel, graded: GradedSet) -> None:
    again, other = (graded_set(model, seed, FEEDS, RESUMES) for seed in ("test", "another"))

    assert again == graded
    assert other.feeds != graded.feeds
    assert other.resumes != graded.resumes


def test_the_seeds_that_are_held_out_are_not_tuned_on() -> None:
    assert set(TUNING_SEEDS).isdisjoint(HELD_OUT_SEEDS)
    assert STYLES.keys() == {model.name for model in LATENT_MODELS}


def test_some_names_are_kept_from_tuning(model: LatentModel) -> None:
    skills = vocabulary().skills.values()
    reserved = {name for skill in skills for name in skill.names} - {
        name for skill in skills for name in (*for_tuning(skill.names), *skill.english)
    }
    tuned_on, held_out = (
        {word for feed in graded_set(model, seed, FEEDS, RESUMES).feeds for word in feed.keywords}
        for seed in (TUNING_SEEDS[0], HELD_OUT_SEEDS[0])
    )

    assert len(reserved) > 50
    assert not tuned_on & reserved
    assert held_out & reserved


def test_other_words_change_no_grade(model: LatentModel, graded: GradedSet) -> None:
    blunt = graded_set(model, "test", FEEDS, RESUMES, style=Style(variant=0, paraphrase=0, omit=0.9))

    assert blunt.resumes != graded.resumes
    assert blunt.grades == graded.grades


def test_every_grade_occurs_and_most_people_do_not_fit(graded: GradedSet) -> None:
    grades = [grade for row in graded.grades for grade in row]

    assert {0, 1, 2, 3} == set(grades)
    assert grades.count(0) > 0.85 * len(grades)
    assert sum(any(grade >= RELEVANT for grade in row) for row in graded.grades) >= 0.75 * FEEDS


def test_nobody_fits_without_any_of_the_skills(model: LatentModel, graded: GradedSet) -> None:
    world = graded.world
    for person in world.people:
        unskilled = replace(person, mastery={}, stints=tuple(replace(stint, used={}) for stint in person.stints))
        assert {model.grade(unskilled, vacancy) for vacancy in world.vacancies} == {0}


def test_a_better_person_has_no_lower_grade(model: LatentModel, graded: GradedSet) -> None:
    world = graded.world
    for vacancy, grades in zip(world.vacancies, graded.grades, strict=True):
        for person, grade in zip(world.people, grades, strict=True):
            if grade:
                near = replace(person, circumstances=replace(person.circumstances, cities=vacancy.cities, salary=1))
                assert model.grade(near, vacancy) >= grade


def test_who_only_dresses_up_has_the_words_and_not_the_grade(graded: GradedSet) -> None:
    overlaps = {False: 0.0, True: 0.0}
    dressed = [(number, person.stuffs[0]) for number, person in enumerate(graded.world.people) if person.stuffs]

    assert {person.stuffs[1] for person in graded.world.people if person.stuffs} == set(Stuffing)
    counted = keyword_count(graded)
    for number, feed in dressed:
        assert graded.grades[feed][number] == 0
        assert why_high(graded, feed, number)[0].startswith("decoy")
        overlaps[True] += counted[feed][number] / len(dressed)
        overlaps[False] += sum(counted[feed]) / RESUMES / len(dressed)
    assert overlaps[True] > 3 * overlaps[False]


def test_words_tell_something_but_not_everything(graded: GradedSet) -> None:
    scores = bm25(graded)
    areas = [
        auc(row, [grade >= RELEVANT for grade in grades])
        for row, grades in zip(scores, graded.grades, strict=True)
        if any(grade >= RELEVANT for grade in grades)
    ]

    assert 0.6 < sum(areas) / len(areas) < 0.98


def test_texts_have_gaps_and_variants(graded: GradedSet) -> None:
    skills = vocabulary().skills
    assert any(not resume.position for resume in graded.resumes)
    assert any(resume.position for resume in graded.resumes)
    assert any(written.verbose for written in graded.written)
    assert any(written.typo for written in graded.written)
    text = "\n".join(map(resume_text, graded.resumes)) + "\n".join(map(query_text, graded.feeds))
    known = {skill for person in graded.world.people for skill in person.mastery}
    assert any(sum(name in text for name in skills[skill].names) >= 3 for skill in known)


def test_the_vocabulary_is_whole() -> None:
    words = vocabulary()
    assert len({role.group for role in words.roles.values()}) >= 15
    for name, role in words.roles.items():
        assert {*role.core, *role.further} <= words.skills.keys(), name
        assert {*role.kin, *role.near} <= words.roles.keys() - {name}, name
        assert role.group in words.shared["domains"], name
    for skill in words.skills.values():
        assert skill.names
        assert skill.english
        assert skill.shown or skill.kind == "certificates"


def test_people_of_everyday_words_use_none_that_the_engine_knows() -> None:
    words = vocabulary()
    roles = [words.roles[name] for name in words.roles_of(everyday=True)]
    skills = [words.skills[name] for role in roles for name in (*role.core, *role.further)]
    texts = {name for skill in skills for name in (*skill.names, *skill.shown, *skill.english)}
    texts |= {name for role in roles for name in (*role.things, *role.majors)}
    named = {name for role in roles for name in (*role.titles, *role.english)}

    assert len(roles) >= 24
    assert {term for said in texts for term in text.terms(said) if not term.startswith(lexicon.WORD)} == set()
    found = [titles.parse(name) for name in named]
    assert {term for title in found for term in (*title.roles, *title.skills)} == set()


def test_people_are_found_who_do_not_use_the_words_of_the_engine() -> None:
    """A regression test: 0.46 with everything, 0.35 by the words alone, and 0.28 by those of plain BM25."""
    graded = graded_set(EverydayWords(), "test", FEEDS, 150)
    engine = Engine()
    found = ours.matches(graded, engine=engine)
    assert len(engine) == 150

    def mean(scores: Scores) -> float:
        return estimate([ndcg(row, grades) for row, grades in zip(scores, graded.grades, strict=True)]).mean

    by_words = mean(ours.without(graded, found, ours.NOT_WORDS))
    assert mean(bm25(graded)) + 0.02 < by_words < mean(ours.whole(graded, found)) - 0.05
