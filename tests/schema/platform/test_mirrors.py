"""Mirrors and the space they take; prices and quotas."""

import asyncio
from typing import Any

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.platform import SET_PRICES, audited, done, refused

MIRRORS = """{ viewer { developer {
  mirrors { name tag size remark } mirrorSpace { free used surplus }
} } }"""
CREATE = """mutation($input: CreateMirrorInput!) { createMirror(input: $input) {
  mirror { id name tag size remark } errors { code message path }
} }"""
DELETE = """mutation($input: DeleteMirrorInput!) { deleteMirror(input: $input) { deletedId errors { code path } } }"""
PRICES = "{ platformPrices { gpuCreditsPerHour cpuCreditsPerHour ramCreditsPerHour freeMirrorSpace } }"
BASE = {"name": "pytorch基础镜像", "tag": "2.1.0", "remark": "自用"}


async def mirrors_of(product: Product, person: Person) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    developer = (await product.data(MIRRORS, person=person))["viewer"]["developer"]
    return developer["mirrors"], developer["mirrorSpace"]


async def test_sizes_are_exact(product: Product) -> None:
    student = await product.student()
    assert await mirrors_of(product, student) == ([], {"free": 100, "used": "0", "surplus": "100"})

    for size in ("20.5", "0.1", "0.2", "10", "0.001"):
        await done(product, CREATE, student, **BASE, size=size)

    found, space = await mirrors_of(product, student)
    assert [mirror["size"] for mirror in found] == ["0.001", "10", "0.2", "0.1", "20.5"]
    assert found[0] == {**BASE, "size": "0.001"}
    assert space == {"free": 100, "used": "30.801", "surplus": "69.199"}


async def test_the_last_bit_of_space_may_be_used_and_no_more(product: Product) -> None:
    student, other = await product.students(2)
    first = await done(product, CREATE, student, **BASE, size="79.5")

    reply = await product.data(CREATE, {"input": {**BASE, "size": "20.501"}}, person=student)
    await done(product, CREATE, student, **BASE, size="20.5")

    assert reply["createMirror"] == {
        "mirror": None,
        "errors": [{"code": "SPACE_EXHAUSTED", "message": "There are 20.5 GB left.", "path": ["input", "size"]}],
    }
    assert (await mirrors_of(product, student))[1]["surplus"] == "0"
    assert (await mirrors_of(product, other))[1]["surplus"] == "100"
    mirror = first["mirror"]["id"]
    assert await done(product, DELETE, student, mirrorId=mirror) == {"deletedId": mirror}
    assert (await mirrors_of(product, student))[1]["surplus"] == "79.5"


async def test_forty_mirrors_at_once_do_not_take_more_than_there_is(product: Product) -> None:
    student = await product.student()
    variables = {"input": {**BASE, "size": "30"}}

    replies = await asyncio.gather(*(product.data(CREATE, variables, person=student) for _ in range(40)))

    refusals = [error["code"] for reply in replies for error in reply["createMirror"]["errors"]]
    assert refusals == ["SPACE_EXHAUSTED"] * 37
    found, space = await mirrors_of(product, student)
    assert (len(found), space["used"]) == (3, "90")


async def test_a_mirror_that_cannot_be(product: Product) -> None:
    student = await product.student()
    for values in (
        {"size": "0"},
        {"size": "-1"},
        {"size": "0.0001"},
        {"size": "1.0000000000000000000000000000001"},
        {"size": "NaN"},
        {"size": "sNaN"},
        {"size": "Infinity"},
        {"size": "1E+999999"},
        {"size": "1000001"},
        {"name": " "},
        {"tag": ""},
        {"tag": "t" * 65},
        {"remark": "长" * 1001},
    ):
        codes = await refused(product, CREATE, student, **{**BASE, "size": "1", **values})
        assert codes == ["INVALID_INPUT"], values

    assert (await mirrors_of(product, student))[0] == []


async def test_only_its_owner_deletes_a_mirror(product: Product) -> None:
    student, other = await product.students(2)
    mirror = (await done(product, CREATE, student, **BASE, size="1"))["mirror"]["id"]

    assert await refused(product, DELETE, other, mirrorId=mirror) == ["NOT_FOUND"]
    assert await refused(product, DELETE, student, mirrorId=encode("Mirror", 9999)) == ["NOT_FOUND"]
    assert len((await mirrors_of(product, student))[0]) == 1
    reply = await product.graphql(
        "query($id: ID!) { node(id: $id) { ... on Mirror { name } } }", {"id": mirror}, person=other
    )
    assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_developer_keeps_a_bounded_number_of_mirrors(product: Product) -> None:
    student = await product.student()
    for _ in range(200):
        await done(product, CREATE, student, **BASE, size="0.001")

    assert await refused(product, CREATE, student, **BASE, size="0.001") == ["LIMIT_REACHED"]

    assert len((await mirrors_of(product, student))[0]) == 200


async def test_prices_and_quotas_are_data(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    assert (await product.data(PRICES, person=student))["platformPrices"] == {
        "gpuCreditsPerHour": 60,
        "cpuCreditsPerHour": 3,
        "ramCreditsPerHour": 1,
        "freeMirrorSpace": 100,
    }
    await done(product, CREATE, student, **BASE, size="20")

    await done(product, SET_PRICES, administrator, freeMirrorSpace=10, cpuCreditsPerHour=0)

    assert (await product.data(PRICES, person=student))["platformPrices"] == {
        "gpuCreditsPerHour": 60,
        "cpuCreditsPerHour": 0,
        "ramCreditsPerHour": 1,
        "freeMirrorSpace": 10,
    }
    assert (await mirrors_of(product, student))[1] == {"free": 10, "used": "20", "surplus": "0"}
    assert await refused(product, CREATE, student, **BASE, size="0.001") == ["SPACE_EXHAUSTED"]
    details = [details for _, _, details in await audited(database, "Setting")]
    assert sorted(details, key=str) == [
        {"name": "cpu_credits_per_hour", "value": "0"},
        {"name": "free_mirror_space", "value": "10"},
    ]


async def test_prices_that_cannot_be(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    before = await product.data(PRICES, person=student)
    for values in ({"gpuCreditsPerHour": 0}, {"ramCreditsPerHour": -1}, {"freeMirrorSpace": 1_000_001}, {}):
        assert await refused(product, SET_PRICES, administrator, **values) == ["INVALID_INPUT"]

    reply = await product.graphql(SET_PRICES, {"input": {"gpuCreditsPerHour": 1}}, person=student)

    assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await product.data(PRICES, person=student) == before
    assert await audited(database, "Setting") == []
