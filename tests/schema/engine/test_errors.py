"""Errors at the top level: what callers are told, and what only the log knows."""

import re
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from models.db import Database
from models.errors import DomainError, InvalidForm, InvalidInput, NotFound
from schema.engine.errors import UserError
from schema.engine.wording import Language, Wording
from tests.schema.replies import top_level
from tests.support.clients import Product

EXPIRED = "The token has expired; sign in again."


async def rename(database: Database, table: str, name: str) -> None:
    """Break, or mend, the database."""
    async with database.transaction() as transaction:
        await transaction.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("{ version posts { nodes { id } } }", ["posts"]),
        ('mutation { createPost(input: {title: "题", content: "文"}) { errors { code } } }', ["createPost"]),
        ("{ version latest: posts { ...Nodes } } fragment Nodes on PostConnection { nodes { id } }", ["latest"]),
    ],
)
async def test_what_goes_wrong_on_our_side_is_logged_and_not_told(
    product: Product, database: Database, query: str, path: list[Any]
) -> None:
    student = await product.student()
    await rename(database, "posts", "elsewhere")

    with capture_logs() as logs:
        reply = await product.graphql(query, person=student)

    assert reply["data"] is None
    assert top_level(reply) == [("INTERNAL_ERROR", path)]
    (error,) = reply["errors"]
    assert set(error) == {"message", "locations", "path", "extensions"}
    assert set(error["extensions"]) == {"code"}
    told = re.fullmatch(r"Something went wrong on our side \(error ([0-9a-f]{12})\)\.", error["message"])
    assert told is not None
    (logged,) = [entry for entry in logs if entry["event"] == "unexpected_error"]
    assert (logged["log_level"], logged["error_id"], logged["path"]) == ("error", told[1], path)
    assert "posts" in str(logged["exc_info"])

    await rename(database, "elsewhere", "posts")
    assert (await product.data("{ posts { totalCount } }"))["posts"] == {"totalCount": 0}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_one_broken_part_leaves_the_others(product: Product, database: Database) -> None:
    student = await product.student()
    await rename(database, "employment_goals", "elsewhere")

    with capture_logs():
        reply = await product.graphql("{ viewer { databaseId employmentGoal { id } directions } }", person=student)

    assert reply["data"] == {"viewer": {"databaseId": student.id, "employmentGoal": None, "directions": []}}
    assert top_level(reply) == [("INTERNAL_ERROR", ["viewer", "employmentGoal"])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_a_mutation_that_breaks_half_way_leaves_nothing(product: Product, database: Database) -> None:
    student = await product.student()
    await rename(database, "employment_goals", "elsewhere")

    with capture_logs():
        reply = await product.graphql(
            """
            mutation {
              setEmploymentGoal(input: {
                status: SEEKING, targetCompany: "", targetJob: "", targetSalary: "", targetArea: ""
              }) { errors { code } }
            }
            """,
            person=student,
        )

    assert top_level(reply) == [("INTERNAL_ERROR", ["setEmploymentGoal"])]
    await rename(database, "elsewhere", "employment_goals")
    assert (await product.data("{ viewer { directions } }", person=student))["viewer"] == {"directions": []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_refusals_are_not_logged_as_faults(product: Product) -> None:
    with capture_logs() as logs:
        await product.graphql('{ viewer { id } node(id: "x") { id } posts(first: 1000) { nodes { id } } }')
        await product.graphql("{ nonsense }")
        await product.graphql("{")

    assert [entry for entry in logs if entry["log_level"] in {"error", "critical"}] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_a_caller_whose_token_has_expired_is_told_so(product: Product) -> None:
    student = await product.student()
    product.clock.advance(hours=72)
    query = "{ version viewer { id } posts { totalCount } }"

    reply = await product.graphql(query, person=student)

    assert reply["data"] == {
        "version": (await product.data("{ version }"))["version"],
        "viewer": None,
        "posts": {"totalCount": 0},
    }
    assert [(error["message"], error["path"], error["extensions"]) for error in reply["errors"]] == [
        (EXPIRED, ["viewer"], {"code": "UNAUTHENTICATED"})
    ]
    mutation = 'mutation { clockIn(input: {location: "教室"}) { errors { code } } }'
    assert (await product.graphql(mutation, person=student))["errors"][0]["message"] == EXPIRED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_aliases_and_fragments_are_told_apart(product: Product) -> None:
    one, other = await product.students(2)
    query = """
    query Names($me: ID!, $them: ID!) {
      me: node(id: $me) { ...Name } them: node(id: $them) { ...Name } again: node(id: $me) { ... on User { id: name } }
      viewer { first: posts(first: 1) { totalCount } second: posts(first: 2) { totalCount } }
    }
    fragment Name on User { databaseId ...More }
    fragment More on User { called: name }
    """
    ids = {}
    for name, person in (("me", one), ("them", other)):
        ids[name] = (await product.data("{ viewer { id } }", person=person))["viewer"]["id"]

    found = await product.data(query, ids, person=one)

    names = [f"学生{person.account[-2:]}" for person in (one, other)]
    assert found == {
        "me": {"databaseId": one.id, "called": names[0]},
        "them": {"databaseId": other.id, "called": names[1]},
        "again": {"id": names[0]},
        "viewer": {"first": {"totalCount": 0}, "second": {"totalCount": 0}},
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_mutations_run_in_order_each_in_its_own_transaction(product: Product) -> None:
    student = await product.student()

    data = await product.data(
        """
        mutation {
          a: createPost(input: {title: "一", content: "文"}) { post { title } errors { code } }
          b: createPost(input: {title: "", content: "文"}) { post { title } errors { code path } }
          c: createPost(input: {title: "三", content: "文"}) {
            post { title author { posts { nodes { title } } } } errors { code }
          }
        }
        """,
        person=student,
    )

    assert data == {
        "a": {"post": {"title": "一"}, "errors": []},
        "b": {"post": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", "title"]}]},
        "c": {
            "post": {"title": "三", "author": {"posts": {"nodes": [{"title": "三"}, {"title": "一"}]}}},
            "errors": [],
        },
    }


NO_OPERATIONS = (
    "",
    "{",
    "{ nonsense }",
    "query",
    "{ viewer }",
    "{ version { id } }",
    "subscription { version }",
    "{ ...Missing }",
    "{ ...A } fragment A on Query { ...A }",
    "mutation { version }",
    '{ version @include(if: "yes") }',
    "{ version " * 300 + "}" * 300,
    "{ " + "viewer { " * 1500,
    "{ " + " ".join(f"a{number}: version" for number in range(3000)) + " }",
    "{ posts(first: " + "9" * 5000 + ") { totalCount } }",
    "{ __schema { types { fields { type { fields { type { name } } } } } } ",
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_what_is_no_operation_is_refused_before_anything_happens(product: Product) -> None:
    for query in NO_OPERATIONS:
        with capture_logs() as logs:
            response = await product.http.post("/graphql", json={"query": query})

        assert response.status_code == 200
        reply = response.json()
        assert "data" not in reply
        assert reply["errors"]
        codes = {error["extensions"]["code"] for error in reply["errors"]}
        assert codes <= {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_TOO_LARGE"}, query[:100]
        assert [entry for entry in logs if entry["log_level"] == "error"] == []


@pytest.mark.parametrize(
    ("error", "message", "path", "in_python"),
    [
        (NotFound(), "The object does not exist.", [], "The object does not exist."),
        (InvalidInput("Send one.", field=""), "Send one.", ["input"], "Send one."),
        (
            InvalidInput("{field} must not be empty.", field="company_name"),
            "companyName must not be empty.",
            ["input", "companyName"],
            "company_name must not be empty.",
        ),
        (
            InvalidInput("{field} must not be less than {salary_min}.", field="feed.salary_max"),
            "salaryMax must not be less than salaryMin.",
            ["input", "feed", "salaryMax"],
            "salary_max must not be less than salary_min.",
        ),
        (
            InvalidInput("{field} must not be empty.", field="resume.work_experiences.0.start_time"),
            "startTime must not be empty.",
            ["input", "resume", "workExperiences", "0", "startTime"],
            "start_time must not be empty.",
        ),
        # what names no field stays as it is, and so do the paths of old endpoints' variables
        (
            InvalidInput("{Not} {a.b} {} { c }", field="targetJob"),
            "{Not} {a.b} {} { c }",
            ["input", "targetJob"],
            "{Not} {a.b} {} { c }",
        ),
    ],
)
def test_the_names_of_fields_are_those_of_their_reader(
    error: DomainError, message: str, path: list[str], in_python: str
) -> None:
    told = UserError.of(error, Wording(Language.ENGLISH))

    assert (told.message, told.path) == (message, path)
    assert str(error) == in_python
    assert UserError.all_of(InvalidForm([error, error]), Wording(Language.ENGLISH)) == [told, told]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_a_rejected_row_has_the_names_of_the_graph(product: Product) -> None:
    administrator = await product.administrator()
    users = f'{{account: "2021000777", name: "新", className: "{"班" * 65}"}}'
    imported = await product.data(
        f"mutation {{ importUsers(input: {{users: [{users}]}}) {{ rejected {{ message }} }} }}", person=administrator
    )

    assert imported["importUsers"]["rejected"] == [{"message": "className must not be longer than 64 characters."}]
