"""A clock that is set back and forth: sessions outlive it, what was written stays in order, nothing fails inside."""

from datetime import timedelta

from structlog.testing import capture_logs

from tests.support.clients import Product

VIEWER = "{ viewer { databaseId clockIns { totalCount } posts { nodes { title } } } }"
CLOCK_IN = 'mutation { clockIn(input: {location: "教室"}) { errors { code } } }'
POST = 'mutation ($title: String!) { createPost(input: {title: $title, content: "c"}) { errors { code } } }'


async def test_a_day_back_and_two_months_on_and_back_again(product: Product) -> None:
    person = await product.student()
    right = product.clock.now

    def viewer(clock_ins: int, *titles: str) -> dict[str, object]:
        return {
            "databaseId": person.id,
            "clockIns": {"totalCount": clock_ins},
            "posts": {"nodes": [{"title": title} for title in titles]},
        }

    with capture_logs() as lines:
        await product.data(CLOCK_IN, person=person)
        await product.data(POST, {"title": "in time"}, person=person)

        product.clock.now = right - timedelta(days=1)
        assert (await product.data(CLOCK_IN, person=person))["clockIn"] == {"errors": []}  # it is another day
        assert (await product.data(POST, {"title": "a day back"}, person=person))["createPost"] == {"errors": []}
        assert (await product.data(VIEWER, person=person))["viewer"] == viewer(2, "a day back", "in time")

        product.clock.now = right + timedelta(days=60)
        refused = await product.http.post("/graphql", json={"query": VIEWER}, headers=person.bearer)
        assert [error["extensions"]["code"] for error in refused.json()["errors"]] == ["UNAUTHENTICATED"]

        product.clock.now = right
        assert (await product.data(VIEWER, person=person))["viewer"] == viewer(2, "a day back", "in time")
        assert (await product.data(CLOCK_IN, person=person))["clockIn"]["errors"] != []  # today's is there already
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []
