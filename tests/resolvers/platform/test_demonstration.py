"""The platform's part of the data that development starts with: it adds up as if people had done it."""

from typing import Any

import pytest

from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD
from resolvers.demonstration.developers import DEVELOPERS
from tests.support.clients import Person, Product
from tests.support.platform import CREATE_INSTANCE, JOIN_PROJECT, done

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # fuzzing loads it on both

DEVELOPER = """{ users(first: 100) { nodes { id name developer {
  level province mirrorSpace { used surplus } mirrors { size }
  standing { projects }
  awards { certification { status } }
  credits { balance generalBalance dedicatedBalance entries(first: 100) { nodes { account change balanceAfter } } }
  projects(first: 100) { nodes { project { status } instance {
    status minutes consumed unpaid creditsPerHour stoppedAt
  } } }
} } } }"""
PROJECTS = """{ projects(first: 100) { nodes { id status level createdAt participants { totalCount } } } }"""
RUNNING = {"CREATING", "CODING", "TRAINING", "TRAINING_COMPLETED", "TESTING", "FINISHED_TEST"}


async def developers(product: Product, administrator: Person) -> list[dict[str, Any]]:
    users = (await product.data(DEVELOPER, person=administrator))["users"]["nodes"]
    return [user["developer"] for user in users if user["developer"]["credits"]["balance"]]


async def test_balances_are_the_sums_of_their_entries_and_levels_follow_from_rows(demonstrated: Product) -> None:
    found = await developers(demonstrated, await demonstrated.administrator())

    assert len(found) == DEVELOPERS
    for developer in found:
        sums = {"GENERAL": 0, "DEDICATED": 0}
        for entry in reversed(developer["credits"]["entries"]["nodes"]):
            sums[entry["account"]] += entry["change"]
            assert entry["balanceAfter"] == sums[entry["account"]] >= 0
        credits = developer["credits"]
        assert (credits["generalBalance"], credits["dedicatedBalance"]) == (sums["GENERAL"], sums["DEDICATED"])
        ended = [row for row in developer["projects"]["nodes"] if row["project"]["status"] == "END"]
        assert developer["standing"]["projects"] == len(ended)
        paid = sum(-entry["change"] for entry in credits["entries"]["nodes"] if entry["change"] < 0)
        assert paid == sum(row["instance"]["consumed"] for row in ended)
    assert {developer["level"] for developer in found} >= {1, 2}
    assert {award["certification"]["status"] for developer in found for award in developer["awards"]} == {
        "APPROVED",
        "PENDING",
        "REJECTED",
    }


async def test_projects_stand_everywhere_and_their_instances_where_they_can(demonstrated: Product) -> None:
    administrator = await demonstrated.administrator()

    projects = (await demonstrated.data(PROJECTS, person=administrator))["projects"]["nodes"]
    rows = [
        row for developer in await developers(demonstrated, administrator) for row in developer["projects"]["nodes"]
    ]

    assert {project["status"] for project in projects} == {"REGISTRATION", "ING", "ITERATION", "END"}
    assert max(project["createdAt"] for project in projects) < demonstrated.clock.now.isoformat()
    statuses: dict[str, set[str]] = {}
    for row in rows:
        if row["instance"]:
            statuses.setdefault(row["project"]["status"], set()).add(row["instance"]["status"])
    assert statuses["END"] == {"PROJECT_DEADLINE"}
    assert statuses["ING"] | statuses["ITERATION"] == RUNNING
    for row in rows:
        instance = row["instance"]
        if instance and instance["stoppedAt"]:
            assert instance["consumed"] == -(-instance["minutes"] * instance["creditsPerHour"] // 60)


async def test_the_demonstration_student_may_start_an_instance_and_join_a_project(demonstrated: Product) -> None:
    student = await demonstrated.login(DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD)
    sizes = {"gpu": 1, "cpu": 4, "ram": 16}

    started = await done(demonstrated, CREATE_INSTANCE, student, projectId="UHJvamVjdDo3", name="baseline", **sizes)
    joined = await done(demonstrated, JOIN_PROJECT, student, projectId="UHJvamVjdDo4")

    assert started["instance"]["status"] == "CREATING"
    assert joined["participation"]["project"] == {"id": "UHJvamVjdDo4"}
