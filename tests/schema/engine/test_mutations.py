"""Mutations declare the codes of their payloads, and are held to it."""

from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import parse
from pydantic import SecretStr
from strawberry.types import ExecutionResult
from structlog.testing import capture_logs

from auth.policies import public
from models.errors import AlreadyClockedIn, DomainError, Forbidden, InvalidForm, InvalidInput, NotFound, Unavailable
from models.settings import Environment, Settings
from resolvers.scope import Scope, Services
from schema.engine.context import Context, Info
from schema.engine.fields import resolved
from schema.engine.mutations import UndeclaredError, changed, declared_errors, errors_of, mutation, payload_type
from schema.engine.types import root_type
from schema.schema import build_schema
from tests.support.clients import MORNING

REFUSALS: dict[str, DomainError] = {
    "declared": NotFound(field=""),
    "of a form": InvalidForm([InvalidInput("No.", field="a"), NotFound("None.", field="b")]),
    "undeclared": AlreadyClockedIn(),
    "undeclared in a form": InvalidForm([InvalidInput("No.", field="a"), AlreadyClockedIn(field="b")]),
}


@payload_type(description="The result of `tryThis`.")
class TryPayload:
    """What became of it."""

    done: bool | None = changed("Whether it was done.")


@root_type
class Query:
    """The queries."""

    @resolved("Nothing.", policy=public)
    def nothing(self) -> str:
        return ""


@root_type
class Mutation:
    """The mutations."""

    @mutation("Try.", policy=public, errors=(InvalidInput, NotFound))
    async def try_this(self, info: Info, refusal: str) -> TryPayload:
        raise REFUSALS[refusal]

    @mutation("Succeed.", policy=public, errors=())
    async def succeed(self, info: Info) -> TryPayload:
        return TryPayload(done=True)


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)


async def tried(settings: Settings, refusal: str) -> ExecutionResult:
    """The result of a mutation that is refused."""
    services = Services.from_settings(settings)
    result = await SCHEMA.execute(
        "mutation($refusal: String!) { tryThis(refusal: $refusal) { done errors { code path } } }",
        {"refusal": refusal},
        context_value=Context(Scope(services, now=MORNING)),
    )
    assert isinstance(result, ExecutionResult)
    await services.close()
    return result


def refusals(*codes: tuple[str, list[str]]) -> dict[str, Any]:
    """The data of a refused mutation."""
    return {"tryThis": {"done": None, "errors": [{"code": code, "path": path} for code, path in codes]}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Development, on an empty SQLite database."""
    return Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]


async def test_what_is_declared_is_answered(settings: Settings) -> None:
    assert (await tried(settings, "declared")).data == refusals(("NOT_FOUND", ["input"]))
    assert (await tried(settings, "of a form")).data == refusals(
        ("INVALID_INPUT", ["input", "a"]), ("NOT_FOUND", ["input", "b"])
    )


@pytest.mark.parametrize("refusal", ["undeclared", "undeclared in a form"])
async def test_what_is_not_declared_fails_the_mutation(settings: Settings, refusal: str) -> None:
    result = await tried(settings, refusal)

    assert result.data is None
    ((error,),) = (result.errors or [],)
    assert isinstance(error.original_error, UndeclaredError)
    assert str(error.original_error) == "tryThis was refused with ALREADY_CLOCKED_IN, which it does not declare."


async def test_production_logs_what_is_not_declared_and_answers_it(settings: Settings) -> None:
    production = settings.model_copy(
        update={"environment": Environment.PRODUCTION, "secret_key": SecretStr("0123456789abcdef" * 4)}
    )
    with capture_logs() as logs:
        result = await tried(production, "undeclared")

    assert (result.errors, result.data) == (None, refusals(("ALREADY_CLOCKED_IN", [])))
    assert logs == [
        {
            "event": "undeclared_error",
            "log_level": "error",
            "mutation": "tryThis",
            "codes": "ALREADY_CLOCKED_IN",
        }
    ]


def test_a_description_lists_the_codes_and_names_the_mutation() -> None:
    mutations = SCHEMA._schema.mutation_type
    assert mutations is not None

    assert mutations.fields["tryThis"].description == "Try. Errors: `INVALID_INPUT`, `NOT_FOUND`."
    assert mutations.fields["tryThis"].args["refusal"].description == "The input of `tryThis`."
    assert mutations.fields["succeed"].description == "Succeed."


def test_the_codes_of_the_mutations_of_a_document_are_found_in_fragments_too() -> None:
    schema = build_schema()._schema
    document = parse(
        'mutation($no: Boolean!) { ...Rest refresh { errors { code } } clockIn(input: {location: ""}) @skip(if: $no)'
        " { errors { code } } } fragment Rest on Mutation { setExamDate(input: {}) { errors { code } } }"
    )

    assert errors_of(schema, document) == {
        "refresh": ("FOREIGN_SESSION", "USER_NOT_FOUND", "TOKEN_NOT_CREATED"),
        "clockIn": ("INVALID_INPUT", "ALREADY_CLOCKED_IN"),
        "setExamDate": (),
    }


def test_every_mutation_declares() -> None:
    declared = declared_errors(build_schema()._schema)

    assert len(declared) == 162
    assert [name for name, codes in declared.items() if not codes] == ["setExamDate"]
    with pytest.raises(TypeError, match="'errors'"):
        mutation("No errors.", policy=public)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        ((NotFound, Forbidden), "Forbidden stops the field: no payload tells of it."),
        ((Unavailable,), "Unavailable stops the field: no payload tells of it."),
        ((InvalidInput, NotFound, InvalidForm), "INVALID_INPUT is declared twice."),
    ],
)
def test_what_cannot_be_declared(errors: tuple[type[DomainError], ...], message: str) -> None:
    with pytest.raises(TypeError) as refused:
        mutation("Wrong.", policy=public, errors=errors)

    assert str(refused.value) == message
