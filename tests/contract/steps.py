"""Steps that the cases of several APIs take."""

from tests.contract.cases import Step, World


def without(table: str) -> Step:
    """A table is gone."""

    async def step(world: World) -> None:
        await world.sql(f"ALTER TABLE {table} RENAME TO lost_{table}")

    return step


async def the_caller_is_deleted_meanwhile(world: World) -> None:
    """The user is deleted while the request runs."""
    world.sql_after_authentication("DELETE FROM users WHERE id = :id", id=world.person.id)


async def nobody_is_signed_in(world: World) -> None:
    """The request has no token."""
    world.caller = None
