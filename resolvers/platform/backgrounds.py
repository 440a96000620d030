"""Education and occupation of developers, which are not reviewed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from models.errors import NotFound
from models.platform.certification import Education, Occupation, OccupationDomain
from models.reference import DictionaryEntry, DictionaryKind
from models.statements import table_of, upsert
from resolvers import checks, dictionaries
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.platform.developers import lock_viewer
from resolvers.scope import Scope

MAX_EXPERIENCE = 5000

_educations = table_of(Education)
_occupations = table_of(Occupation)
_domains = table_of(OccupationDomain)
_entries = table_of(DictionaryEntry)

educations_of_users = by_key(select(_educations), _educations.c.user_id)
occupations_of_users = by_key(select(_occupations), _occupations.c.user_id)
domains_of_users = lists_by_foreign_key(
    select(_entries, _domains.c.user_id).select_from(_entries.join(_domains, _domains.c.entry_id == _entries.c.id)),
    _domains.c.user_id,
    _domains.c.id,
)

_EDUCATION = select(_educations.c.level_id).where(_educations.c.user_id == bindparam("of_user"))
_OCCUPATION = select(_occupations.c.position_id).where(_occupations.c.user_id == bindparam("of_user"))
_DOMAINS = select(_domains.c.entry_id).where(_domains.c.user_id == bindparam("of_user"))
_SAVE_EDUCATION = upsert(Education, unique=["user_id"]).returning(_educations)
_SAVE_OCCUPATION = upsert(Occupation, unique=["user_id"]).returning(_occupations)
_CLEAR_DOMAINS = delete(_domains).where(_domains.c.user_id == bindparam("of_user"))
_ADD_DOMAINS = insert(_domains)
_DELETE_EDUCATION = delete(_educations).where(_educations.c.user_id == bindparam("of_user"))
_DELETE_OCCUPATION = delete(_occupations).where(_occupations.c.user_id == bindparam("of_user"))


async def save_education(scope: Scope, *, institution: str, level: int, project_experience: str) -> Row[Any]:
    """Replace where the caller studied. Raises InvalidInput."""
    texts = {
        "institution": checks.text(institution, "institution", max_length=255),
        "project_experience": _experience(project_experience),
    }
    user_id = await lock_viewer(scope)
    held = await scope.transaction.fetch_value(_EDUCATION, {"of_user": user_id})
    level_id = await dictionaries.choose_one(scope, DictionaryKind.EDUCATION, level, "level", held=held)
    times = {"created_at": scope.now, "updated_at": scope.now}
    values = {"user_id": user_id, "level_id": level_id, **texts, **times}
    return (await scope.transaction.fetch(_SAVE_EDUCATION, values))[0]


async def save_occupation(
    scope: Scope, *, organization: str, position: int, domains: Sequence[int], project_experience: str
) -> Row[Any]:
    """Replace where the caller works. Raises InvalidInput."""
    texts = {
        "organization": checks.text(organization, "organization", max_length=255),
        "project_experience": _experience(project_experience),
    }
    user_id = await lock_viewer(scope)
    held = await scope.transaction.fetch_value(_OCCUPATION, {"of_user": user_id})
    position_id = await dictionaries.choose_one(scope, DictionaryKind.POSITION, position, "position", held=held)
    held_domains = [row.entry_id for row in await scope.transaction.fetch(_DOMAINS, {"of_user": user_id})]
    chosen = await dictionaries.choose(scope, DictionaryKind.DOMAIN, domains, "domains", held=held_domains)
    times = {"created_at": scope.now, "updated_at": scope.now}
    values = {"user_id": user_id, "position_id": position_id, **texts, **times}
    row = (await scope.transaction.fetch(_SAVE_OCCUPATION, values))[0]
    await scope.transaction.execute(_CLEAR_DOMAINS, {"of_user": user_id})
    worked_in = [{"user_id": user_id, "entry_id": entry_id, **times} for entry_id in chosen]
    await scope.transaction.execute_many(_ADD_DOMAINS, worked_in)
    return row


async def delete_education(scope: Scope) -> None:
    """Forget where the caller studied. Raises NotFound."""
    user_id = await lock_viewer(scope)
    if not await scope.transaction.execute(_DELETE_EDUCATION, {"of_user": user_id}):
        raise NotFound("You have not stated an education.")


async def delete_occupation(scope: Scope) -> None:
    """Forget where the caller works, and in which domains. Raises NotFound."""
    user_id = await lock_viewer(scope)
    if not await scope.transaction.execute(_DELETE_OCCUPATION, {"of_user": user_id}):
        raise NotFound("You have not stated an occupation.")
    await scope.transaction.execute(_CLEAR_DOMAINS, {"of_user": user_id})


def _experience(text: str) -> str:
    return checks.text(text, "project_experience", max_length=MAX_EXPERIENCE)
