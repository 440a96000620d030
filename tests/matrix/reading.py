"""Every field of every type, read by every caller, and who is shown what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLField, get_named_type, is_leaf_type

from schema.engine.node_id import decode, encode
from tests.matrix.mutations import mutation_tables
from tests.matrix.operations import called, is_connection, node_types, object_type, selection, target, value_types
from tests.matrix.people import Caller
from tests.matrix.tables import Objects, load, objects_of
from tests.matrix.world import World

ROOT_FIELDS = 25
"""The fields of one operation, below the limit of clients."""


@dataclass(frozen=True)
class Chain:
    """A field of a type, reached from an object with an id, or from the root, through values without one.

    `hops` are the fields on the way, each with the name of its type.
    """

    hops: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for _, name in self.hops)

    @property
    def field(self) -> GraphQLField:
        type_name, name = self.hops[-1]
        field: GraphQLField = object_type(type_name).fields[name]
        return field

    def __str__(self) -> str:
        return ".".join((self.hops[0][0], *self.names))


@dataclass
class Report:
    """The cells that were tried, and what was not as expected; `read` has the fields that somebody was shown."""

    cells: int = 0
    faults: list[str] = field(default_factory=list)
    read: set[tuple[str, str]] = field(default_factory=set)


def chains(type_name: str, hops: tuple[tuple[str, str], ...] = ()) -> Iterator[Chain]:
    """All fields of a type, and those of the values below it."""
    for name, declared in object_type(type_name).fields.items():
        here = (*hops, (type_name, name))
        yield Chain(here)
        below = target(declared)
        if below in value_types() and below not in {of for of, _ in here}:
            yield from chains(below, here)


class Reading:
    """Tries the cells of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables = load()
        self.mutations = mutation_tables()
        self.objects: dict[str, Objects] = {}
        self.report = Report()

    async def run(self) -> Report:
        """All of them."""
        for name in node_types():
            self.objects[name] = await objects_of(self.world.database, self.tables[name])
        self.objects["Query"] = Objects((), {})
        for name in ("Query", *node_types()):
            await self._type(name)
        everything = {(name, shown) for name in ("Query", *node_types(), *value_types()) for shown in _fields(name)}
        self.report.faults += [
            f"{name}.{shown}: nobody was shown it: give somebody of tests/matrix/world.py such a value."
            for name, shown in sorted(everything - self.report.read)
        ]
        for name in node_types():
            owners = set(self.objects[name].related.get("owner", {}).values())
            if "owner" in self.tables[name].relations and len(owners) < 2:
                self.report.faults.append(f"{name}: only {len(owners)} owner in tests/matrix/world.py.")
        return self.report

    async def _type(self, name: str) -> None:
        wanted = tuple(chains(name))
        for id_ in [None] if name == "Query" else self.objects[name].sample():
            for caller in self.world.callers.values():
                await self._object(name, wanted, id_, caller)

    async def _object(self, name: str, wanted: Sequence[Chain], id_: int | None, caller: Caller) -> None:
        """What one caller may read of an object is read at once; what they may not, field by field, since a
        refused field takes the object with it where it may not be null."""
        is_found = id_ is None or self.objects[name].admits(self.tables[name].found_by, caller, id_)
        refused_at = {chain: self._refused_at(chain, caller, id_) for chain in wanted} if is_found else {wanted[0]: 0}
        open_ = [chain for chain, depth in refused_at.items() if depth is None]
        # What lies below a refused field is refused with it.
        closed = [chain for chain, depth in refused_at.items() if depth == len(chain.hops) - 1]
        # A root field by itself: some note that they were read, which others would show.
        together = _by_root_field(open_) if name == "Query" else [open_] * bool(open_)
        groups = [*together, *([chain] for chain in closed)]
        size = 1 if name == "Query" else ROOT_FIELDS
        for start in range(0, len(groups), size):
            part = groups[start : start + size]
            variables = {} if id_ is None else {"id": encode(name, id_)}
            reply = await self.world.product.graphql(self._query(name, part), variables, person=caller.person)
            self._compare(name, id_, caller, part, reply)

    def _refused_at(self, chain: Chain, caller: Caller, id_: int | None) -> int | None:
        """The hop at which the caller is refused."""
        objects = self.objects[chain.hops[0][0]]
        return next(
            (
                depth
                for depth, (of, hop) in enumerate(chain.hops)
                if not objects.admits(self.tables[of].readers[hop], caller, id_)
            ),
            None,
        )

    def _query(self, name: str, groups: Sequence[Sequence[Chain]]) -> str:
        texts = [self._selected(group, 0) for group in groups]
        if name == "Query":
            return texts[0]
        of = [f"a{n}: node(id: $id) {{ __typename ... on {name} {shown} }}" for n, shown in enumerate(texts)]
        return f"query($id: ID!) {{ {' '.join(of)} }}"

    def _selected(self, group: Sequence[Chain], depth: int) -> str:
        """The selection of all chains, which are the same as far as to this depth."""
        parts: dict[tuple[str, str], list[Chain]] = {}
        for chain in group:
            parts.setdefault(chain.hops[depth], []).append(chain)
        texts = []
        for (of, name), along in parts.items():
            declared, given = object_type(of).fields[name], self.tables[of].arguments.get(name)
            call = f"{name}({given.format(**self.world.ids)})" if given else called(name, declared)
            deeper = [chain for chain in along if len(chain.hops) > depth + 1]
            inner = self._selected(deeper, depth + 1) if deeper else selection(declared)
            texts.append(f"{call} {{ nodes {inner} }}" if deeper and is_connection(declared) else f"{call} {inner}")
        return f"{{ {' '.join(texts)} }}"

    def _compare(
        self, name: str, id_: int | None, caller: Caller, groups: Sequence[Sequence[Chain]], reply: Mapping[str, Any]
    ) -> None:
        data, errors = reply.get("data") or {}, []
        for error in reply.get("errors", ()):
            if "path" not in error:
                raise AssertionError(error)
            path = tuple(step for step in error["path"] if isinstance(step, str))
            errors.append((path, error["extensions"]["code"]))
        for number, group in enumerate(groups):
            below = () if name == "Query" else (f"a{number}",)
            found = data.get(f"a{number}") if below else data
            for chain in group:
                told = [code for path, code in errors if path == (*below, *chain.names)[: len(path)]]
                self.report.cells += 1
                if fault := self._cell(name, id_, caller, chain, found, told):
                    where = str(chain) if id_ is None else f"{chain} of {name}:{id_}"
                    self.report.faults.append(f"{where} as {caller.name}: {fault}")

    def _cell(
        self, name: str, id_: int | None, caller: Caller, chain: Chain, found: Any, refusals: Sequence[str]
    ) -> str | None:
        """What is wrong with a cell: what was found, and the codes of what was refused on its way."""
        objects = self.objects[name]
        if id_ is not None and not objects.admits(self.tables[name].found_by, caller, id_):
            return None if found is None else f"is shown an object that only {self.tables[name].found_by} may find"
        refused_at = self._refused_at(chain, caller, id_)
        if refused_at is None:
            if refusals:
                return f"is refused ({refusals[0]}), but {self._audiences(chain)} may read it"
            return self._value(chain, caller, id_, objects, found)
        if not refusals:
            if _is_absent(found, chain.names[:refused_at]):
                return None
            return f"is not refused, but only {self._audiences(chain)} may read it"
        expected = "UNAUTHENTICATED" if caller.user_id is None else "FORBIDDEN"
        return None if set(refusals) == {expected} else f"is refused with {refusals[0]}, not {expected}"

    def _audiences(self, chain: Chain) -> str:
        return " and ".join(dict.fromkeys(self.tables[of].readers[hop] for of, hop in chain.hops))

    def _value(self, chain: Chain, caller: Caller, id_: int | None, objects: Objects, found: Any) -> str | None:
        of, name = chain.hops[-1]
        table = self.tables[of]
        values = list(_values(found, chain.names))
        shown = [value for value in values if value not in (None, False, 0, "", [])]
        if shown or (values and is_leaf_type(get_named_type(chain.field.type))):
            self.report.read.add((of, name))
        if (hinted := table.hints.get(name)) is not None and values:
            # The matrix of mutations proves that these are the callers whose calls take effect.
            may = objects.admits(self.mutations[hinted].callers, caller, id_)
            if values != [may]:
                return f"is told {values}, but {self.mutations[hinted].callers} may call {hinted}"
        if (audience := table.blank_unless.get(name)) is not None:
            if shown and not objects.admits(audience, caller, id_):
                return f"is shown {shown[0]!r}, which only {audience} may be"
            if values and not shown and objects.admits(audience, caller, id_):
                return f"is shown nothing, but {audience} may be"
        for value in shown:
            if not isinstance(value, dict):
                continue
            if "totalCount" in value and value["totalCount"] != len(value["nodes"]):
                return f"is told of {value['totalCount']} entries, but shown {len(value['nodes'])}"
            for node in value.get("nodes", [value]):
                if node and (leak := self._leak(table.entries.get(name), caller, node)):
                    return leak
        return None

    def _leak(self, audience: str | None, caller: Caller, node: Mapping[str, Any]) -> str | None:
        if "id" not in node:
            return None
        type_name, id_ = decode(node["id"])
        if type_name not in self.objects:  # `node` does not find it: it is read with its parent
            return None
        allowed = audience or self.tables[type_name].found_by
        if self.objects[type_name].admits(allowed, caller, id_):
            return None
        return f"is shown {type_name}:{id_}, which only {allowed} may be"


def _by_root_field(wanted: Sequence[Chain]) -> list[list[Chain]]:
    groups: dict[str, list[Chain]] = {}
    for chain in wanted:
        groups.setdefault(chain.names[0], []).append(chain)
    return list(groups.values())


def _fields(name: str) -> Iterable[str]:
    return list(object_type(name).fields)


def _values(found: Any, names: Sequence[str]) -> Iterator[Any]:
    """What stands at the end of the names; lists and connections on the way are gone through."""
    if isinstance(found, list):
        for entry in found:
            yield from _values(entry, names)
    elif not names:
        yield found
    elif isinstance(found, dict) and found.keys() == {"nodes"}:
        yield from _values(found["nodes"], names)
    elif isinstance(found, dict):
        yield from _values(found.get(names[0]), names[1:])


def _is_absent(found: Any, names: Sequence[str]) -> bool:
    """Whether there is nothing behind the names, so that what lies below could not be refused."""
    return bool(names) and all(value is None for value in _values(found, names))
