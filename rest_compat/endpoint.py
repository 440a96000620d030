"""An endpoint of an old API: one row of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from auth.policies import Policy
from auth.principal import Disclosure
from rest_compat.binding import Parameter
from rest_compat.converters import File


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal in an old API's terms: its code and message, the HTTP status and the template of `data`."""

    code: int | str
    message: str
    data: Any = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result of the graph that the old API reports as a failure.

    It applies when what the template `value` makes of the data is there, or with `missing`, when it is not.
    """

    value: Any
    failure: Failure
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that a reply sets for some seconds: its value is at a path of the data."""

    name: str
    path: str
    max_age: int


@dataclass(frozen=True, slots=True)
class FileReply:
    """The reply is the file at a path of the data: an object with `name`, `mediaType` and `contentBase64`.

    `media_type` is what the documentation says of it.

    Browsers save it unless it is to be shown `inline`.
    """

    path: str
    media_type: str
    inline: bool = False
    cookie: Cookie | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a call means: who may make it, which operation it is, and how parameters and replies translate.

    `operation` names a file of the dialect's `operations`. `errors` maps error codes of the graph to
    failures, before the dialect's own; `cannot` names the codes of its mutations that no call of this row can be
    answered with, and says why; `failure` is reported for anything unforeseen. `unknown` says
    what a parameter's unknown code is answered with, where that is a business failure. `viewer_variable`
    takes the caller's own opaque id where the request names nobody. A `path` may hold parameters in
    braces; `route` binds them. `fixed` are variables that no request sets, by dotted path. `meta` is the
    template of what an envelope shows beside its data. `cookies` bind too. With `knows_caller`, a public
    call that carries a token is made by whom it stands for, and refused if the token is dead. `signed_in_variable` is
    set to whether somebody is signed in; a public call that has it is made by whom its token stands for, and by nobody
    where the token is dead. `always` is
    what every reply holds, whatever its outcome, in dialects whose envelope has no place of its own for data.
    `discloses` is what the reply shows beyond what its caller may see in the graph.
    The operation of a `is_form` runs even if something does not bind, so that all faults are told together.
    """

    method: str
    path: str
    title: str
    operation: str
    access: Policy
    failure: Failure
    route: Mapping[str, Parameter] = field(default_factory=dict)
    query: Mapping[str, Parameter] = field(default_factory=dict)
    body: Mapping[str, Parameter] = field(default_factory=dict)
    cookies: Mapping[str, Parameter] = field(default_factory=dict)
    reply: Any = None
    meta: Any = None
    message: str | None = None
    errors: Mapping[str, Failure] = field(default_factory=dict)
    cannot: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    unknown: Mapping[str, Failure] = field(default_factory=dict)
    viewer_variable: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    knows_caller: bool = False
    signed_in_variable: str | None = None
    always: Mapping[str, Any] = field(default_factory=dict)
    is_form: bool = False
    discloses: frozenset[Disclosure] = frozenset()

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All parameters by name."""
        return {**self.route, **self.query, **self.body, **self.cookies}

    @property
    def reads_token(self) -> bool:
        """Whether a token that a call carries counts."""
        return self.access.name != "public" or self.knows_caller or self.signed_in_variable is not None

    @property
    def takes_files(self) -> bool:
        """Whether the body may hold files."""
        return any(isinstance(parameter.converter, File) for parameter in self.body.values())

    def source(self, folder: Path) -> str:
        """The text of the operation."""
        return _text(folder, self.operation)


@cache
def _text(folder: Path, operation: str) -> str:
    return (folder / "operations" / f"{operation}.graphql").read_text(encoding="utf-8")
