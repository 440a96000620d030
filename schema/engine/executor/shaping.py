"""Lists whose objects the database makes in the shapes that the REST layer gives them."""

from dataclasses import replace

from models import json_sql
from resolvers import rendering
from resolvers.loaders import RowsByForeignKey
from resolvers.rendering import Rendering
from schema.engine.executor.loads import Load
from schema.engine.executor.outputs import ListOf, ObjectOf
from schema.engine.executor.plan import Selection, Step
from schema.engine.executor.rendering import Making, Replies, Unsupported, rows_of
from schema.engine.executor.resolved import Resolved
from schema.engine.executor.steps import Read
from schema.engine.fields import Link, ListLink
from schema.engine.shapes import At, Each, Format, Or, Shape, Shapes, Under

_FORMATS = {Format.SHANGHAI: json_sql.SHANGHAI, Format.SECONDS: json_sql.SECONDS}


def shape(selection: Selection, shapes: Shapes) -> None:
    """Have the database make the nodes of root fields in these shapes, where it can."""
    for step in selection.steps:
        if step.key in shapes and isinstance(step, Resolved):
            rows = list(rows_of(step.output))
            if len(rows) == 1 and isinstance(output := rows[0], ObjectOf):
                step.replies = _replies(output, shapes[step.key])
                output.reply = None if step.replies is None else "reply_0"


def _replies(output: ObjectOf, shape: Shape) -> Replies | None:
    selected, shaped = Making(), _Shaping()
    try:
        selected.object(output.selection)  # everything that is selected is checked, whether or not it is shown
        made = shaped.shaped(output.selection, shape)
    except Unsupported:
        return None
    if made.depth > rendering.MAX_DEPTH:
        return None
    policies = frozenset(selected.policies | shaped.policies)
    return Replies(Rendering({"reply_0": made}, shaped.queries), policies, shaped.pages, is_shaped=True)


class _Shaping(Making):
    """The template of a shape in the making."""

    def shaped(self, selection: Selection, shape: Shape) -> rendering.Object:
        """What is made of a selection."""
        if isinstance(shape, At | Or | Under | Each) or not 0 < len(shape) <= json_sql.MAX_MEMBERS:
            raise Unsupported
        return rendering.Object([self._under(selection, name, each) for name, each in shape.items()])

    def _under(self, selection: Selection, name: str, shape: Shape) -> rendering.Member:
        if isinstance(shape, At):
            return self._at(selection, name, shape)
        if isinstance(shape, Or):
            return rendering.Otherwise(self._at(selection, name, shape.shape), shape.otherwise)
        if isinstance(shape, Each):
            return self._each(selection, name, shape)
        if isinstance(shape, Under):
            if shape.is_optional and all(step.key != shape.key for step in selection.steps):
                return rendering.Nothing(name)
            link, below = self._link_at(selection, shape.key)
            return replace(self._one(link, self.shaped(below, shape.shape)), name=name)
        return rendering.Same(name, self.shaped(selection, shape))

    def _at(self, selection: Selection, name: str, at: At) -> rendering.Value | rendering.One:
        key, _, rest = at.path.partition(".")
        if rest:
            link, below = self._link_at(selection, key)
            shown = rendering.Object([self._at(below, "", At(rest, at.format))], is_value=True)
            is_reference = link.is_reference and shown.columns == {link.batch.key}
            return replace(self._one(link, shown, is_reference=is_reference), name=name)
        step = _step(selection, key)
        if not isinstance(step, Read):
            raise Unsupported
        self._check(step)
        value = self._value(name, step.column, step.output, of=step)
        if at.format is None:
            return value
        if value.form is not json_sql.ISO:
            raise Unsupported
        return replace(value, form=_FORMATS[at.format])

    def _each(self, selection: Selection, name: str, each: Each) -> rendering.Page | rendering.Whole:
        step = _step(selection, each.key)
        if not isinstance(step, Load):
            raise Unsupported
        self._check(step)
        if type(step.declared) is ListLink and isinstance(step.batch, RowsByForeignKey):
            return replace(self._list(step, lambda below: self.shaped(below, each.shape)), name=name)
        column, number = self._begin_page(step)
        (nodes,) = (part for part in step.output.selections[0].steps if part.name == "nodes")
        if not isinstance(nodes.output, ListOf):
            raise Unsupported
        self._count()
        (below,) = nodes.output.selections
        parts = [rendering.Nodes("", self.shaped(below, each.shape))]
        return rendering.Page(name, column, step.batch, number, parts, is_value=True)

    def _link_at(self, selection: Selection, key: str) -> tuple[Load, Selection]:
        step = _step(selection, key)
        if not isinstance(step, Load) or type(step.declared) is not Link or not isinstance(step.output, ObjectOf):
            raise Unsupported
        self._check(step)
        return step, step.output.selection


def _step(selection: Selection, key: str) -> Step:
    for step in selection.steps:
        if step.key == key:
            return step
    raise Unsupported
