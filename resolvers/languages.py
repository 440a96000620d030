"""The languages that people chose to be written to in."""

from typing import Any

from sqlalchemy import bindparam, select, update

from models.identity import User
from models.language import Language
from models.statements import table_of
from resolvers.scope import Scope

_users = table_of(User)
_CHOSEN = select(_users.c.language).where(_users.c.id == bindparam("of_user"))
_CHOOSE = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"))
    .values(language=bindparam("chosen"), updated_at=bindparam("now"))
)


async def of_reader(scope: Scope, user_id: int | None) -> Language:
    """The language that a user chose, or else the caller; that of the request where neither did, or nobody is known."""
    reader = scope.principal.user_id if user_id is None else user_id
    if reader is None:
        return scope.language
    chosen = await scope.transaction.fetch_value(_CHOSEN, {"of_user": reader})
    return scope.language if chosen is None else Language(chosen)


async def choose(scope: Scope, language: Language | None) -> None:
    """Have messages to the caller written in a language from now on, or as requests ask for it."""
    values: dict[str, Any] = {"of_user": scope.viewer_id, "chosen": language, "now": scope.now}
    await scope.transaction.execute(_CHOOSE, values)
