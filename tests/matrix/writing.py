"""Every mutation, called by everybody with the ids of others, and what it changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schema.engine.node_id import decode, encode
from tests.matrix.auditing import Auditing, is_office, missing
from tests.matrix.changes import Change, Watch, watching
from tests.matrix.mutations import MutationTable, mutation_tables
from tests.matrix.operations import mutation
from tests.matrix.people import Caller
from tests.matrix.reading import Report
from tests.matrix.tables import GROUPS, load, objects_of
from tests.matrix.world import World
from tests.support.images import PREFLIGHT, encoded, with_file


class Writing:
    """Tries every mutation in one world, which each call leaves as it was."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.report = Report()
        self._auditing = Auditing(world.database)

    async def run(self) -> Report:
        """All of them."""
        types = load()
        await self._auditing.begin()
        async with watching(self.world.product.url) as watch:
            for table in mutation_tables().values():
                succeeded, told = False, set()
                related: Any = None
                id_ = None
                if table.of is not None:
                    type_name, id_ = decode(self.world.ids[table.of])
                    related = await objects_of(self.world.database, types[type_name])
                for number, caller in enumerate(self.world.callers.values()):
                    may = any(
                        caller.belongs_to(word) if word in GROUPS else related.admits(word, caller, id_)
                        for word in table.callers.split()
                    )
                    owners = related.related.get("owner", {}).get(id_, frozenset()) if related else frozenset()
                    self.report.cells += 1
                    fault, took_effect, codes = await self._call(watch, table, number, caller, may, owners)
                    succeeded = succeeded or took_effect
                    told.update(codes)
                    if fault:
                        self.report.faults.append(f"{table.name} as {caller.name}: {fault}")
                if not succeeded and table.refused_to_all is None:
                    self.report.faults.append(
                        f"{table.name}: nobody's call took effect, so that nothing is proven: {told}."
                    )
        return self.report

    async def _call(
        self,
        watch: Watch,
        table: MutationTable,
        number: int,
        caller: Caller,
        may: bool,
        owners: frozenset[int | None],
    ) -> tuple[str | None, bool, list[str]]:
        values = None if table.input is None else _filled(table.input, self._names(number, caller))
        reply = await self._reply(table, values, caller)
        events = await self._auditing.added()
        changes = await watch.taken_back()
        codes = [error["extensions"]["code"] for error in reply.get("errors", ())]
        payload = (reply.get("data") or {}).get(table.name) or {}
        codes += [error["code"] for error in payload.get("errors", ())]
        if "INTERNAL_ERROR" in codes or "GRAPHQL_VALIDATION_FAILED" in codes:
            return f"ends in {codes}: {reply}", False, codes
        if codes:
            stray = _strays(changes, table.refused_writes, caller, owners)
            if may and codes[0] in {"UNAUTHENTICATED", "FORBIDDEN"}:
                return f"is refused ({codes[0]}), but {table.callers} may", False, codes
            return (f"is refused ({codes[0]}) and yet changed {stray}" if stray else None), False, codes
        if not may:
            return (
                f"took effect on {sorted({change.table for change in changes})}, but only {table.callers} may",
                True,
                codes,
            )
        stray = _strays(changes, table.writes, caller, owners)
        if stray:
            return f"changed {stray}, which {table.file} does not allow", True, codes
        in_office = is_office(caller, table.callers)
        fault = missing(table.name, events, actor=caller.user_id, changed=changes, in_office=in_office)
        return fault, True, codes

    async def _reply(self, table: MutationTable, values: Any, caller: Caller) -> dict[str, Any]:
        if not table.uploads:
            return await self.world.product.graphql(mutation(table.name), {"input": values}, person=caller.person)
        headers = PREFLIGHT | (caller.person.bearer if caller.person else {})
        table_text = values.pop("table", None)
        content, name = (encoded(), "test.jpg") if table_text is None else (table_text.encode(), "table.csv")
        sent = with_file(mutation(table.name), {"input": {**values, "file": None}}, "input.file", content, name)
        reply: dict[str, Any] = (await self.world.product.http.post("/graphql", headers=headers, **sent)).json()
        return reply

    def _names(self, number: int, caller: Caller) -> dict[str, Any]:
        own = encode("User", caller.user_id or 0)
        return {**self.world.ids, "n": f"{number:02}", "caller": own, "name": caller.name}


def _filled(value: Any, names: Mapping[str, Any]) -> Any:
    """The input with what its braces name."""
    if isinstance(value, str):
        return value.format(**names)
    if isinstance(value, Mapping):
        return {key: _filled(entry, names) for key, entry in value.items()}
    if isinstance(value, Sequence):
        return [_filled(entry, names) for entry in value]
    return value


def _strays(
    changes: Sequence[Change], allowed: frozenset[str], caller: Caller, owners: frozenset[int | None]
) -> list[str]:
    """The changes that no entry allows."""

    def reasons(change: Change) -> Iterator[bool]:
        yield change.table in allowed
        yield f"{change.table}:own" in allowed and set(change.owners) <= {caller.user_id}
        yield f"{change.table}:of" in allowed and set(change.owners) <= owners

    return sorted({f"{c.table} of {c.owners}" for c in changes if not any(reasons(c))})
