"""Binding: from what an old client sends to the variables of an operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_compat.converters import Converter, NotACode, Text


class BindingError(Exception):
    """A request does not bind; the message names the parameter and what is wrong with it."""


class MissingParameter(BindingError):
    """A required parameter was not sent."""


class UnknownCode(BindingError):
    """A number stands for nothing that the API knows; some endpoints answer that as a business failure."""

    def __init__(self, parameter: str, message: str) -> None:
        self.parameter = parameter
        super().__init__(f"{parameter} {message}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint.

    `variable` is where its value goes: a dotted path among the operation's variables. A parameter that is
    not sent is left out, or takes its `default`, which is a variable's value already. `required_when` names
    another parameter, and the value of it that makes this one required.
    """

    variable: str
    converter: Converter = field(default_factory=Text)
    required: bool = False
    default: Any = None
    about: str = ""
    required_when: tuple[str, str] | None = None

    def is_required(self, values: Mapping[str, Any]) -> bool:
        """Whether it must be among what was sent."""
        if self.required_when is None:
            return self.required
        other, value = self.required_when
        return bool(values.get(other) == value)


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


def object_schema(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """The JSON schema of an object with these parameters."""
    properties = {
        name: parameter.converter.json_schema | ({"description": parameter.about} if parameter.about else {})
        for name, parameter in parameters.items()
    }
    required = [name for name, parameter in parameters.items() if parameter.required]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def bind(parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the parameters make of what was sent. Raises BindingError.

    Null and, in a query string, an empty text count as not sent. What no parameter names is ignored.
    """
    variables: dict[str, Any] = {}
    for name, parameter in parameters.items():
        value = values.get(name)
        if value is None:
            if parameter.is_required(values):
                raise MissingParameter(f"{name} 不能为空")
            if parameter.default is not None:
                put(variables, parameter.variable, parameter.default)
            continue
        try:
            put(variables, parameter.variable, parameter.converter.convert(value))
        except NotACode as error:
            raise UnknownCode(name, str(error)) from None
        except ValueError as error:
            raise BindingError(f"{name} {error}") from None
    return variables


def put(variables: dict[str, Any], path: str, value: Any) -> None:
    """Set a variable at a dotted path; two objects at the same path are merged."""
    *parents, last = path.split(".")
    for parent in parents:
        variables = variables.setdefault(parent, {})
    if isinstance(value, dict) and isinstance(variables.get(last), dict):
        variables[last].update(value)
    else:
        variables[last] = value
