"""Parts of a plan that the database makes: the objects of a list with all that is selected of them, as text.

Which parts those are is decided when the plan is made: they hold columns, links and pages alone. Whether they are made
so is decided by each run, before it asks for them: everything in them has to be open to the caller, and no page may be
asked for wrongly. Otherwise, and where a statement fails, the rows are read, and the plan's levels make of them what
they always do.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint
from strawberry.types.base import get_object_definition

from auth.policies import Policy
from models import json_sql
from resolvers import rendering
from resolvers.loaders import PagesByForeignKey, RowByKey, RowsByForeignKey
from resolvers.ordering import PageRequest
from resolvers.rendering import MAX_DEPTH, Bound, Rendering
from schema.engine.connection import Connection, Edge, PageInfo
from schema.engine.executor.forms import form_of
from schema.engine.executor.loads import Load
from schema.engine.executor.outputs import Leaf, ListOf, ObjectOf
from schema.engine.executor.plan import Output, Selection, Step
from schema.engine.executor.resolved import Resolved
from schema.engine.executor.running import Running
from schema.engine.executor.steps import Read, Typename
from schema.engine.fields import Column, GlobalId, Link, ListLink, Lookup, PageLink

MIN_QUERIES, MAX_QUERIES = 2, 25
"""The queries of one statement. Rows that lead nowhere are not worth it: docs/executor.md has the figures."""


class Unsupported(Exception):
    """Something has no form in SQL."""


class _PageAt(NamedTuple):
    """A page within what the database makes."""

    step: Load
    shows_cursors: bool


class Replies:
    """What the database makes for a field, and what is asked before that."""

    def __init__(
        self, made: Rendering, policies: frozenset[Policy], pages: list[_PageAt], *, is_shaped: bool = False
    ) -> None:
        self._is_shaped = is_shaped
        self._rendering = made
        self._policies = policies
        self._pages = pages

    def bound(self, run: Running) -> Bound | None:
        """What makes it for this run, or None where the rows have to be read."""
        context = run.context
        if not (context.takes_shapes if self._is_shaped else context.renders):
            return None
        principal = context.scope.principal
        if not all(policy.allows_all(principal) for policy in self._policies):
            return None
        requests: dict[int, PageRequest] = {}
        for number, (step, shows_cursors) in enumerate(self._pages):
            try:
                request = step.declared.request(context, step.arguments(run))  # type: ignore[attr-defined]
            except Exception:
                return None  # which each of the objects is told, if there are any
            if shows_cursors and request.order is not None:
                return None  # whose cursors hold more than an id
            requests[number] = request
        return Bound(self._rendering, requests)


def render(selection: Selection) -> None:
    """Have the database make what it can below a selection, from the top on."""
    for step in selection.steps:
        if isinstance(step, Resolved | Load) and (replies := _replies(step)) is not None:
            step.replies = replies
        else:
            for below in step.output.selections:
                render(below)


def _replies(step: Resolved | Load) -> Replies | None:
    """What the database makes of the rows that a field leads to, if it can make all of that."""
    if isinstance(step, Load) and not isinstance(step.batch, RowByKey | PagesByForeignKey):
        return None
    if isinstance(step, Load) and step.is_reference and step.batch.is_key_alone:
        return None  # nothing is read for it
    is_link = isinstance(step, Load) and isinstance(step.declared, Link)
    rows = [step.output] if is_link else rows_of(step.output)
    outputs = [output for output in rows if isinstance(output, ObjectOf)]
    making = Making()
    try:
        objects = {f"reply_{number}": making.object(output.selection) for number, output in enumerate(outputs)}
    except Unsupported:
        return None
    if not objects or making.queries < MIN_QUERIES or any(each.depth > MAX_DEPTH for each in objects.values()):
        return None
    for name, output in zip(objects, outputs, strict=True):
        output.reply = name
    return Replies(Rendering(objects, making.queries), frozenset(making.policies), making.pages)


def rows_of(output: Output) -> Iterator[Output]:
    """What the rows of a connection become: its nodes, and those of its edges."""
    for step in output.selections[0].steps if _is(output, Connection) else ():
        if step.name == "nodes":
            yield step.output.item
        elif step.name == "edges":
            yield from (each.output for each in step.output.item.selections[0].steps if each.name == "node")


def _is(output: Output, generic: type) -> bool:
    """Whether something becomes an object of a type, or of a type made of a generic one."""
    if not isinstance(output, ObjectOf) or output.selection.origin is None:
        return False
    definition = get_object_definition(output.selection.origin, strict=True)
    concrete_of = definition.concrete_of
    return output.selection.origin is generic or (concrete_of is not None and concrete_of.origin is generic)


class Making:
    """The template of a part of a plan in the making."""

    def __init__(self) -> None:
        self.queries = 1
        self.policies: set[Policy] = set()
        self.pages: list[_PageAt] = []

    def object(self, selection: Selection) -> rendering.Object:
        """What is made of a selection. Raises Unsupported."""
        return rendering.Object([self._member(step) for step in _some(selection)])

    def _member(self, step: Step) -> rendering.Member:
        if isinstance(step, Typename):
            return rendering.Text(step.key, step.parent.name)
        if isinstance(step, Read):
            self._check(step)
            return self._value(step.key, step.column, step.output, of=step)
        if isinstance(step, Load):
            self._check(step)
            if type(step.declared) is Link and isinstance(step.batch, RowByKey):
                return self._link(step, step.output)
            if type(step.declared) is Lookup and isinstance(step.batch, RowByKey):
                column = step.declared.python_name
                shown = rendering.Object([self._value("", column, step.output)], is_value=True)
                return self._one(step, shown)
            if type(step.declared) is ListLink and isinstance(step.batch, RowsByForeignKey):
                return self._list(step, self.object)
            return self._page(step)
        raise Unsupported

    def _check(self, step: Read | Load) -> None:
        """Have the caller's right to the field be asked."""
        policy = step.declared.policy
        if policy is None:
            raise Unsupported
        if not step.declared.is_open:
            self.policies.add(policy)

    def _value(self, name: str, column: str | None, output: Output, of: Read | None = None) -> rendering.Value:
        if column is None or not isinstance(output, Leaf):
            raise Unsupported
        declared = None if of is None else of.declared
        form = json_sql.encoded(f"{declared.type_name}:") if type(declared) is GlobalId else form_of(output)
        if form is None or (declared is not None and type(declared) not in (Column, GlobalId)):
            raise Unsupported
        return rendering.Value(name, column, form, output.is_nullable)

    def _link(self, step: Load, output: Output) -> rendering.One:
        if not isinstance(output, ObjectOf):
            raise Unsupported
        shown = self.object(output.selection)
        is_reference = step.is_reference and shown.columns == {step.batch.key}
        return self._one(step, shown, is_reference=is_reference)

    def _one(self, step: Load, shown: rendering.Object, *, is_reference: bool = False) -> rendering.One:
        if not is_reference:
            self._count()
            if not _is_single(step.batch):
                raise Unsupported
        key = step.key_column
        if key is None:
            raise Unsupported
        return rendering.One(step.key, key, step.batch, shown, step.output.is_nullable, is_reference)

    def _list(self, step: Load, made: Callable[[Selection], rendering.Object]) -> rendering.Whole:
        key = step.key_column
        if key is None or not isinstance(step.output, ListOf):
            raise Unsupported
        self._count()
        (selection,) = step.output.selections
        return rendering.Whole(step.key, key, step.batch, made(selection))

    def _begin_page(self, step: Load) -> tuple[str, int]:
        """The column with the key of a page, and the number of its place."""
        key, is_page = step.key_column, type(step.declared) is PageLink and type(step.batch) is PagesByForeignKey
        if key is None or not is_page or not _is(step.output, Connection):
            raise Unsupported
        self.pages.append(_PageAt(step, shows_cursors=False))
        return key, len(self.pages) - 1

    def _page(self, step: Load) -> rendering.Page:
        key, number = self._begin_page(step)
        selection = step.output.selections[0]
        parts = [self._part(part, step, number) for part in _some(selection)]
        return rendering.Page(step.key, key, step.batch, number, parts)

    def _part(self, part: Step, page: Load, number: int) -> rendering.Part:
        """A field of a connection, or of its `pageInfo`."""
        if isinstance(part, Typename):
            return rendering.Fixed(part.key, part.parent.name)
        if not isinstance(part, Read) or not part.declared.is_open:
            raise Unsupported
        output = part.output
        if part.name != "pageInfo":
            self._count()
        if part.name == "nodes" and isinstance(output, ListOf):
            (selection,) = output.selections
            return rendering.Nodes(part.key, self.object(selection))
        if part.name == "edges" and isinstance(output, ListOf) and _is(output.item, Edge):
            (selection,) = output.selections
            shown = rendering.Object([self._of_edge(each, number) for each in _some(selection)])
            return rendering.Nodes(part.key, shown)
        if part.name == "totalCount" and page.declared.count is page.batch.unprojected.count:  # type: ignore[attr-defined]
            return rendering.Total(part.key)
        if part.name == "pageInfo" and _is(output, PageInfo):
            (selection,) = output.selections
            return rendering.Parts(part.key, [self._of_page_info(each, number) for each in _some(selection)])
        raise Unsupported

    def _of_edge(self, step: Step, number: int) -> rendering.Member:
        if isinstance(step, Typename):
            return rendering.Text(step.key, step.parent.name)
        if step.name == "cursor":
            self._show_cursors(number)
            return rendering.Value(step.key, "id", rendering.CURSOR, is_nullable=False)
        if step.name == "node" and isinstance(step.output, ObjectOf):
            return rendering.Same(step.key, self.object(step.output.selection))
        raise Unsupported

    def _of_page_info(self, step: Step, number: int) -> rendering.Part:
        if isinstance(step, Typename):
            return rendering.Fixed(step.key, step.parent.name)
        self._count()
        if step.name in {"hasNextPage", "hasPreviousPage"}:
            return rendering.IsMore(step.key, is_after=step.name == "hasNextPage")
        if step.name in {"startCursor", "endCursor"}:
            self._show_cursors(number)
            return rendering.End(step.key, is_first=step.name == "startCursor")
        raise Unsupported

    def _show_cursors(self, number: int) -> None:
        self.pages[number] = self.pages[number]._replace(shows_cursors=True)

    def _count(self) -> None:
        self.queries += 1
        if self.queries > MAX_QUERIES:
            raise Unsupported


def _some(selection: Selection) -> Sequence[Step]:
    """The fields of a selection: neither none, as conditions may leave it, nor too many."""
    if not 0 < len(selection.steps) <= json_sql.MAX_MEMBERS:
        raise Unsupported
    return selection.steps


def _is_single(batch: RowByKey) -> bool:
    """Whether a key names one row at most: the only table has it once."""
    key = batch.unprojected.key_column
    (table, *others) = batch.unprojected.query.get_final_froms()
    if others or not isinstance(table, Table) or not isinstance(key, SqlColumn) or key.table is not table:
        return False
    unique = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint | PrimaryKeyConstraint)]
    unique += [index.columns for index in table.indexes if index.unique and _is_whole(index)]
    return any(list(columns) == [key] for columns in unique)


def _is_whole(index: Index) -> bool:
    """Whether the index holds every row."""
    return all(index.dialect_options[name]["where"] is None for name in ("sqlite", "postgresql"))
