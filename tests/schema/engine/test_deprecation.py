"""Deprecated parts of the graph."""

from enum import Enum

import pytest
import strawberry

from auth.policies import public
from schema.engine.checking import WrongDeclaration, check_declarations
from schema.engine.deprecation import deprecated
from schema.engine.fields import column, resolved
from schema.engine.mutations import mutation, payload_type
from schema.engine.types import enum_type, input_type, root_type, value_type


class Colour(Enum):
    RED = "red"
    ROSE = "rose"


enum_type(Colour, description="A colour.", values={Colour.RED: "Red."}, deprecated={Colour.ROSE: "RED"})


@input_type(description="A search.")
class Search:
    text: str | None = strawberry.field(description="The text.", default=None)
    words: str | None = deprecated("text")(strawberry.field(description="The words.", default=None))
    colour: Colour | None = strawberry.field(description="The colour.", default=None)


@value_type(description="A person.", policy=public)
class Person:
    full_name: str = column("The name.")
    name: str = deprecated("fullName")(column("The name."))


@payload_type(description="The result.")
class SavePayload:
    pass


@root_type
class Roots:
    @resolved("Somebody.", policy=public)
    def person(self, search: Search) -> Person | None:
        return None

    @deprecated("person")
    @resolved("Somebody.", policy=public)
    def somebody(self) -> Person | None:
        return None


@root_type
class Changes:
    @mutation("Save.", policy=public, errors=())
    async def save(self, input: Search) -> SavePayload:
        return SavePayload()

    @deprecated("Changes.save")
    @mutation("Store.", policy=public, errors=())
    async def store(self, input: Search) -> SavePayload:
        return SavePayload()


def test_fields_mutations_inputs_and_values_say_what_to_use_instead() -> None:
    schema = strawberry.Schema(Roots, Changes)
    check_declarations(schema._schema)
    lines = [line.strip() for line in schema.as_str().splitlines() if "@deprecated(" in line]

    assert lines == [
        '): SavePayload! @deprecated(reason: "Use `Changes.save`.")',
        'ROSE @deprecated(reason: "Use `RED`.")',
        'name: String! @deprecated(reason: "Use `fullName`.")',
        'somebody: Person @deprecated(reason: "Use `person`.")',
        'words: String = null @deprecated(reason: "Use `text`.")',
    ]


@pytest.mark.parametrize("use", ["nothing", "Person.age", "Nobody.name", "name", "two words"])
def test_what_replaces_it_is_there_and_stays(use: str) -> None:
    @value_type(description="A person.", policy=public)
    class Person:
        name: str = deprecated(use)(column("The name."))
        age: int = deprecated("fullName")(column("The age."))
        full_name: str = column("The name.")

    @root_type
    class Query:
        @resolved("Somebody.", policy=public)
        def person(self) -> Person | None:
            return None

    with pytest.raises(WrongDeclaration, match=f"Person.name is deprecated, but names nothing that stays: Use `{use}`"):
        check_declarations(strawberry.Schema(Query)._schema)
