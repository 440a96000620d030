"""Messages of the graph in the words of an old API: in Chinese, and about the parameters that its document names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from graphql import DocumentNode, ObjectValueNode, ValueNode, VariableNode, Visitor, visit
from graphql.language import ArgumentNode
from strawberry.utils.str_converters import to_camel_case

from rest_compat.binding import Parameter, names_of
from schema.engine.wording import Language, Wording

Path = tuple[str, ...]
NAMELESS = "该参数"
"""What stands for a field that no parameter brings."""


class ParameterNames:
    """The parameters of an endpoint by what the errors of its operation are about: the arguments of fields.

    The fields of a mutation are those of its `input`, which errors leave out. `by_argument` has the names of all that
    requests hold by paths of arguments, whose parts are the graph's names.
    """

    def __init__(self, parameters: Mapping[str, Parameter], document: DocumentNode) -> None:
        uses = list(_uses(document))
        self._parameters = _by_argument({each.path: name for name, each in parameters.items()}, uses)
        self.by_argument = _by_argument(names_of(parameters), uses)

    def of(self, path: Sequence[str]) -> str:
        """What the request calls what stands at a path, or else what it stands in. The parts are names in Python."""
        found = _longest(self.by_argument, path) or self._called(to_camel_case(path[-1]))
        return found or NAMELESS

    def _called(self, field: str) -> str:
        return next((name for path, name in self.by_argument.items() if path[-1] == field), "")

    def parameter(self, path: Sequence[str]) -> str:
        """The parameter that brought what stands at a path; "" where none did."""
        return _longest(self._parameters, path)


class Documented(Wording):
    """How an operation of the REST layer speaks."""

    def __init__(self, names: ParameterNames) -> None:
        super().__init__(Language.CHINESE)
        self._names = names

    def name(self, within: str, name: str) -> str:
        """What the request calls a field."""
        return self._names.of([*filter(None, within.split(".")), name])


def item_of(path: Sequence[str]) -> int | None:
    """The place of the entry of a list, from 1, that a path leads into; None where it leads into none."""
    return next((int(part) + 1 for part in path if part.isdecimal()), None)


def _by_argument(names: Mapping[Path, str], uses: Iterable[tuple[Path, str]]) -> dict[Path, str]:
    """The names by paths of arguments in place of variables."""
    return {
        (*argument, *path[1:]): name
        for argument, variable in uses
        for path, name in names.items()
        if path[:1] == (variable,)
    }


def _longest(names: Mapping[Path, str], path: Sequence[str]) -> str:
    """The name of the longest beginning of a path that has one, whichever entries of lists it leads through."""
    plain = tuple(to_camel_case(part) for part in path if not part.isdecimal())
    whole = plain if plain[:1] == ("input",) else ("input", *plain)
    beginnings = (each[:length] for each in (whole, plain) for length in range(len(each), 0, -1))
    return next((names[each] for each in beginnings if each in names), "")


def _uses(document: DocumentNode) -> Iterator[tuple[Path, str]]:
    """Where among the arguments of fields the variables stand: the path, and the variable."""
    arguments: list[ArgumentNode] = []

    class Collector(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: object) -> None:
            arguments.append(node)

    visit(document, Collector())
    for argument in arguments:
        yield from _variables(argument.value, (argument.name.value,))


def _variables(value: ValueNode, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, VariableNode):
        yield path, value.name.value
    elif isinstance(value, ObjectValueNode):
        for each in value.fields:
            yield from _variables(each.value, (*path, each.name.value))
