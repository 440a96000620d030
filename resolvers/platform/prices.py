"""The platform's prices and quotas: set by administrators, with defaults."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from models.errors import InvalidInput
from models.reference import Setting, SettingName
from models.statements import table_of, upsert
from resolvers import audit, checks
from resolvers.scope import Scope

DEFAULTS = {
    SettingName.GPU_CREDITS_PER_HOUR: 60,
    SettingName.CPU_CREDITS_PER_HOUR: 3,
    SettingName.RAM_CREDITS_PER_HOUR: 1,
    SettingName.FREE_MIRROR_SPACE: 100,
}
MINIMA = {SettingName.GPU_CREDITS_PER_HOUR: 1}
"""A GPU is never free: the balance says how long it lasts."""
MAX_VALUE = 1_000_000

_settings = table_of(Setting)
_VALUES = select(_settings.c.name, _settings.c.value).where(_settings.c.name.in_(bindparam("names", expanding=True)))
_HELD = _VALUES.order_by(_settings.c.id).with_for_update()
_SET = upsert(Setting, unique=["name"]).returning(_settings.c.id)


async def values(scope: Scope, names: Sequence[SettingName]) -> Sequence[int]:
    """The value of each name: what was set, or the default."""
    found = {row.name: int(row.value) for row in await scope.fetch(_VALUES, {"names": list(names)})}
    return [found.get(name, DEFAULTS[name]) for name in names]


async def set_values(scope: Scope, new: dict[SettingName, tuple[str, int]]) -> None:
    """Set some of them, each with its field; audited. What runs keeps its price."""
    if not new:
        raise InvalidInput("The input contains no change.")
    times = {"created_at": scope.now, "updated_at": scope.now}
    held = {row.name: row.value for row in await scope.transaction.fetch(_HELD, {"names": list(new)})}
    for name, (field, value) in new.items():
        checks.number(value, field, minimum=MINIMA.get(name, 0), maximum=MAX_VALUE)
        row_id = await scope.transaction.fetch_value(_SET, {"name": name, "value": str(value), **times})
        await audit.record(
            scope,
            action="set_platform_prices",
            subject_type="Setting",
            subject_id=row_id,
            details={"name": str(name), "value": str(value)},
            before={"value": held.get(name, str(DEFAULTS[name]))},
            after={"value": str(value)},
        )
