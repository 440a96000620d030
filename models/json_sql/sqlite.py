"""JSON that SQLite makes: texts and numbers are values, and its functions write them."""

from typing import Any

from sqlalchemy.ext.compiler import compiles

from models.json_sql.elements import (
    BASE64_FUNCTION,
    FLOAT_FUNCTION,
    LARGEST,
    SETTLED,
    ChoiceOf,
    Constant,
    Element,
    EncodedOf,
    FloatOf,
    IntOf,
    IsoOf,
    Listed,
    Members,
    Nullable,
    NumberOf,
    Required,
    SecondsOf,
    Sent,
    ShanghaiOf,
    TextOf,
    TruthOf,
    quoted,
)


def _fails(of: str) -> str:
    """What fails once SQLite evaluates it, as it depends on a column."""
    return f"json('!' || coalesce({of}, ''))"


@compiles(TextOf, "sqlite")
@compiles(NumberOf, "sqlite")
def _value(element: Element, compiler: Any, **options: Any) -> str:
    return element.of(compiler, options)[0]


@compiles(IntOf, "sqlite")
def _int(element: Element, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    return f"CASE WHEN abs({value}) <= {LARGEST} THEN {value} WHEN {value} IS NOT NULL THEN {_fails(value)} END"


@compiles(FloatOf, "sqlite")
def _float(element: Element, compiler: Any, **options: Any) -> str:
    return f"json({FLOAT_FUNCTION}({element.of(compiler, options)[0]}))"


@compiles(TruthOf, "sqlite")
def _truth(element: Element, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    return f"CASE WHEN {value} THEN json('true') WHEN {value} IS NOT NULL THEN json('false') END"


@compiles(IsoOf, "sqlite")
def _iso(element: IsoOf, compiler: Any, **options: Any) -> str:
    # Stored as texts, and in UTC: 2026-03-02, 2026-03-02 02:00:00.000000.
    (value,) = element.of(compiler, options)
    return value if element.is_day else f"replace(replace({value}, ' ', 'T'), '.000000', '') || '+00:00'"


@compiles(ShanghaiOf, "sqlite")
def _shanghai(element: ShanghaiOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    # Without the fraction, which SQLite would round.
    made = f"strftime('%Y-%m-%dT%H:%M:%S', substr({value}, 1, 19), '+8 hours') || '+08:00'"
    return _since_settled(value, made)


@compiles(SecondsOf, "sqlite")
def _seconds(element: SecondsOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    return _since_settled(value, f"CAST(strftime('%s', substr({value}, 1, 19)) AS INTEGER)")


def _since_settled(value: str, made: str) -> str:
    return f"CASE WHEN {value} >= {quoted(SETTLED)} THEN {made} WHEN {value} IS NOT NULL THEN {_fails(value)} END"


@compiles(ChoiceOf, "sqlite")
def _choice(element: ChoiceOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    cases = " ".join(f"WHEN {quoted(stored)} THEN {quoted(text)}" for stored, text in element.texts.items())
    return f"CASE {value} {cases} ELSE CASE WHEN {value} IS NOT NULL THEN {_fails(value)} END END"


@compiles(EncodedOf, "sqlite")
def _encoded(element: EncodedOf, compiler: Any, **options: Any) -> str:
    return f"{BASE64_FUNCTION}({quoted(element.prefix)} || {element.of(compiler, options)[0]})"


@compiles(Constant, "sqlite")
def _constant(element: Constant, _compiler: Any, **_options: Any) -> str:
    return quoted(element.value) if isinstance(element.value, str) else str(element.value)


@compiles(Nullable, "sqlite")
def _nullable(element: Nullable, compiler: Any, **options: Any) -> str:
    return element.of(compiler, options)[0]


@compiles(Required, "sqlite")
def _required(element: Required, compiler: Any, **options: Any) -> str:
    value, of = element.of(compiler, options)
    return f"coalesce({value}, {_fails(of)})"


@compiles(Members, "sqlite")
def _members(element: Members, compiler: Any, **options: Any) -> str:
    values = zip(element.names, element.of(compiler, options), strict=True)
    return f"json_object({', '.join(f'{quoted(name)}, {value}' for name, value in values)})"


@compiles(Listed, "sqlite")
def _listed(element: Listed, compiler: Any, **options: Any) -> str:
    return f"json_group_array({element.of(compiler, options)[0]})"


@compiles(Sent, "sqlite")
def _sent(element: Sent, compiler: Any, **options: Any) -> str:
    return f"CAST({element.of(compiler, options)[0]} AS BLOB)"
