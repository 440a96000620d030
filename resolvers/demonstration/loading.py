"""Loads the demonstration data once into a database."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.dialects.postgresql import insert

from models.reference import Setting, SettingName
from models.statements import table_of
from resolvers.attendance import slot_at
from resolvers.demonstration import (
    LOADED,
    attendance,
    community,
    developers,
    goals,
    journal,
    projects,
    signing,
    students,
    talent,
    teaching,
)
from resolvers.demonstration.story import Story
from resolvers.scope import Scope

PARTS: Sequence[Callable[[Story], Awaitable[None]]] = (
    students.load,
    goals.load,
    attendance.load,
    journal.load,
    community.load,
    developers.load,
    projects.load,
    signing.load,
    talent.load,
    teaching.load,
)
"""In the order of loading: the students come first."""

_settings = table_of(Setting)
_NEW = insert(_settings)
# The row decides which of several processes loads: the others wait for its transaction, and get no row.
_CLAIM = _NEW.on_conflict_do_update(
    index_elements=["name"],
    set_={"value": _NEW.excluded.value, "updated_at": _NEW.excluded.updated_at},
    where=_settings.c.value != LOADED,
).returning(_settings.c.id)


async def load_demonstration(scope: Scope) -> bool:
    """Load the data in the scope's transaction; False if this database has it already."""
    mark = {"name": SettingName.DEMONSTRATION_DATA, "value": LOADED, "created_at": scope.now, "updated_at": scope.now}
    if await scope.transaction.fetch_one(_CLAIM, mark) is None:
        return False
    today, _slot = slot_at(scope.now)
    story = Story(scope.services, scope.transaction, today)
    for load in PARTS:
        await load(story)
    return True
