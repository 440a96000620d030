"""Binding: from what an old client sends to the variables of an operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rest_compat.converters import Converter, NotACode, Password, Text
from schema.engine.texts import normalised_number, normalised_text


class BindingError(Exception):
    """A request does not bind: `fault` is what is wrong, `parameter` with what, "" for all of it."""

    def __init__(self, fault: str, parameter: str = "") -> None:
        self.fault = fault
        self.parameter = parameter
        super().__init__(f"{parameter} {fault}" if parameter else fault)


class MissingParameter(BindingError):
    """A required parameter was not sent."""


class UnknownCode(BindingError):
    """A number stands for nothing that the API knows; some endpoints answer that as a business failure."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint.

    `variable` is where its value goes: a dotted path among the operation's variables, or "" for what only says
    who calls. A parameter that is not sent is left out, or takes its `default`, which is a variable's value already.
    `required_when` names another parameter, and the text of it that makes this one required; `ignored_when` another
    one, and the texts of it beside which this one does not count. `blank` is the variable's value in a form whose
    other faults are still to be found, where what was sent does not bind.
    """

    variable: str
    converter: Converter = field(default_factory=Text)
    required: bool = False
    default: Any = None
    about: str = ""
    required_when: tuple[str, str] | None = None
    ignored_when: tuple[str, tuple[str, ...]] | None = None
    blank: Any = None
    path: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The parts of `variable`; none for ""."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", split(self.variable))

    def is_required(self, values: Mapping[str, Any]) -> bool:
        """Whether it must be among what was sent."""
        if self.required_when is None:
            return self.required
        other, value = self.required_when
        return normalised_text(str(values.get(other))) == value

    def is_ignored(self, values: Mapping[str, Any]) -> bool:
        """Whether it does not count beside what else was sent."""
        if self.ignored_when is None:
            return False
        other, texts = self.ignored_when
        return normalised_number(str(values.get(other))).lower() in texts


@dataclass(frozen=True, slots=True)
class Rows(Converter):
    """A list of objects."""

    fields: Mapping[str, Parameter]

    def convert(self, value: Any) -> list[dict[str, Any]]:
        """The objects with the graph's names."""
        if not isinstance(value, list):
            raise ValueError("必须是列表")
        rows = []
        for number, row in enumerate(value):
            if not isinstance(row, dict):
                raise ValueError(f"第 {number + 1} 项必须是对象")
            try:
                rows.append(bind(self.fields, row))
            except BindingError as error:
                raise ValueError(f"第 {number + 1} 项的 {error}") from None
        return rows

    @property
    def json_schema(self) -> dict[str, Any]:
        """An array of objects."""
        return {"type": "array", "items": object_schema(self.fields)}

    @property
    def names(self) -> Mapping[tuple[str, ...], str]:
        """Those of the fields of each object."""
        return names_of(self.fields)


def names_of(parameters: Mapping[str, Parameter]) -> dict[tuple[str, ...], str]:
    """What the request calls what stands at each path of the variables that these parameters make."""
    names: dict[tuple[str, ...], str] = {}
    for name, parameter in parameters.items():
        names.setdefault(parameter.path, name)
        for path, part in parameter.converter.names.items():
            names.setdefault((*parameter.path, *path), part)
    return names


def object_schema(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """The JSON schema of an object with these parameters."""
    properties = {
        name: parameter.converter.json_schema | ({"description": parameter.about} if parameter.about else {})
        for name, parameter in parameters.items()
    }
    required = [name for name, parameter in parameters.items() if parameter.required]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


@dataclass(slots=True)
class Bound:
    """The variables that a request was bound to, and what does not bind.

    With `blank_is_missing`, an empty text where a value is required counts as not sent.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    faults: list[BindingError] = field(default_factory=list)
    blank_is_missing: bool = False

    def bind(self, parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> None:
        """Add what the parameters make of what was sent.

        Null and, in a query string, an empty text count as not sent. What no parameter names is ignored.
        """
        for name, parameter in parameters.items():
            value = None if parameter.is_ignored(values) else values.get(name)
            if self.blank_is_missing and _holds_nothing(value, parameter.converter) and parameter.is_required(values):
                value = None
            if value is None:
                if parameter.is_required(values):
                    self._fail(parameter, MissingParameter("不能为空", name))
                elif parameter.default is not None:
                    self._put(parameter, parameter.default)
                continue
            try:
                self._put(parameter, parameter.converter.convert(value))
            except NotACode as error:
                self._fail(parameter, UnknownCode(str(error), name))
            except ValueError as error:
                self._fail(parameter, BindingError(str(error), name))

    def _fail(self, parameter: Parameter, fault: BindingError) -> None:
        self.faults.append(fault)
        if parameter.blank is not None:
            self._put(parameter, parameter.blank)

    def _put(self, parameter: Parameter, value: Any) -> None:
        if parameter.path:
            put(self.variables, parameter.path, value)


def bind(parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the parameters make of what was sent. Raises the first BindingError."""
    bound = Bound()
    bound.bind(parameters, values)
    if bound.faults:
        raise bound.faults[0]
    return bound.variables


def _holds_nothing(value: Any, converter: Converter) -> bool:
    """Whether it is an empty text, or a list with one. Space alone is empty where it does not count."""
    texts = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    return not all(texts if isinstance(converter, Password) else map(normalised_text, texts))


def split(path: str) -> tuple[str, ...]:
    """The parts of a dotted path; none of the empty one."""
    return tuple(path.split(".")) if path else ()


def put(variables: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Set a variable at a path; two objects at the same path are merged.

    An object is copied: what else is put into it is not put into what a table holds for every request.
    """
    *parents, last = path
    for parent in parents:
        variables = variables.setdefault(parent, {})
    if isinstance(value, dict):
        held = variables.get(last)
        value = {**held, **value} if isinstance(held, dict) else {**value}
    variables[last] = value
