"""The links of a plan: each loads its rows once for all objects of a level."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import NoneType
from typing import Any

from schema.engine.executor.plan import Cells, Columns, Picked
from schema.engine.executor.references import is_reference
from schema.engine.executor.running import Running
from schema.engine.executor.steps import Attribute, Declared, tried
from schema.engine.fields import Linked, OwnLink

_KEY, _KEY_OR_NONE = {int}, {int, NoneType}


class Load(Declared):
    """A link: its batch function is called once for all objects of a level."""

    __slots__ = ("_key", "_skips_none", "batch", "is_reference", "replies")

    declared: Linked

    def __init__(self, declared: Linked, *common: Any) -> None:
        super().__init__(declared, *common)
        self._key = Attribute(declared.key, self.parent)
        self._skips_none = declared.needs_key and self.output.is_nullable
        self.is_reference = declared.shows_found and is_reference(self.parent.name, declared.key, declared.batch)
        self.batch: Any = declared.batch
        self.replies: Any = None
        """The `rendering.Replies` of what the database can make, if anything."""

    @property
    def columns(self) -> Columns | None:
        """The one that has the key."""
        return self._columns(self._key)

    @property
    def key_column(self) -> str | None:
        """The column of rows that has the key; None if it is no column."""
        return self._key.name if self._key.is_of_rows else None

    @property
    def is_last(self) -> bool:
        """Whether nothing is awaited below what it loads."""
        return not self.batches_below and self.output.columns is not None

    @property
    def columns_of_batch(self) -> Columns | None:
        """The columns that are read of each row that is loaded, or None if it may be any."""
        return self.declared.columns(self.output.columns)

    def read(self, run: Running, cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """Nothing yet, but where there is no key, or nothing to load."""
        keys = self._keys(run, cells, objects)
        kinds = set(map(type, keys))
        if kinds == _KEY_OR_NONE and self._skips_none:
            cells = Picked(cells, [n for n, key in enumerate(keys) if key is not None])
            keys = [key for key in keys if key is not None]
        elif kinds != _KEY:
            known = [n for n, key in enumerate(keys) if not self._is_answer(key)]
            answered = [n for n, key in enumerate(keys) if self._is_answer(key)]
            if answered:
                run.complete(self.output, Picked(cells, answered), [keys[n] for n in answered])
            cells, keys = Picked(cells, known), [keys[n] for n in known]
        elif self.is_reference and run.context.knows(self.batch):
            made = self.output.of_keys(keys, self.batch.key)
            return run.complete(self.output, cells, self.batch.made_of(keys), is_bare=True) if made is None else made
        if keys:
            self._ask(run, cells, keys)
        return [None] * len(objects)

    def _keys(self, run: Running, cells: Cells, objects: Sequence[Any]) -> list[Any]:
        return self._key.of(cells.frame, objects)

    def _is_answer(self, key: Any) -> bool:
        return isinstance(key, Exception) or (key is None and self.declared.needs_key)

    def _ask(self, run: Running, cells: Cells, keys: list[Any]) -> None:
        arguments = tried(self.arguments, run)
        if isinstance(arguments, Exception):
            run.complete(self.output, cells, [arguments] * len(keys))
            return
        try:
            bound = None if self.replies is None else self.replies.bound(run)
            batch, variant = self.declared.source(
                self.batch if bound is None else self.batch.rendered(bound), run.context, arguments
            )
        except Exception as error:
            run.defer_failures(cells, [error] * len(keys))
        else:
            run.load(batch, variant, cells, keys)

    def shown(self, run: Running, keys: Sequence[Any], found: Mapping[Any, Any]) -> list[Any]:
        """The field's values for what was found for the keys; failures among them."""
        values = list(map(found.__getitem__, keys))
        if self.declared.shows_found:
            return values
        show, context = self.declared.shown, run.context
        if not any(issubclass(kind, Exception) for kind in set(map(type, values))):
            try:
                return [show(context, key, value) for key, value in zip(keys, values, strict=True)]
            except Exception:  # noqa: S110 -- one by one, those are found that it happens to
                pass
        return [
            value if isinstance(value, Exception) else tried(partial(show, context, key), value)
            for key, value in zip(keys, values, strict=True)
        ]


class LoadOwn(Load):
    """A link from the root to what belongs to the caller."""

    __slots__ = ()

    declared: OwnLink

    @property
    def columns(self) -> Columns:
        """None of them: the root is no row."""
        return frozenset()

    def _keys(self, run: Running, cells: Cells, objects: Sequence[Any]) -> list[Any]:
        return [tried(lambda source: self.declared.key_of(source, run.context), source) for source in objects]
