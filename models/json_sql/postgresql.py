"""JSON that PostgreSQL makes: each element is the text of a value, as its own functions add spaces."""

from typing import Any

import orjson
from sqlalchemy.ext.compiler import compiles

from models.json_sql.elements import (
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
    """What fails once PostgreSQL evaluates it, as it depends on a column; the error tells nothing of its value."""
    return f"CAST(CAST('!' || coalesce(left(CAST({of} AS text), 0), '') AS integer) AS text)"


@compiles(TextOf)
def _text(element: Element, compiler: Any, **options: Any) -> str:
    return f"CAST(to_json({element.of(compiler, options)[0]}) AS text)"


@compiles(NumberOf)
@compiles(TruthOf)
def _plain(element: Element, compiler: Any, **options: Any) -> str:
    return f"CAST({element.of(compiler, options)[0]} AS text)"


@compiles(IntOf)
def _int(element: Element, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    failed = f"WHEN {value} IS NOT NULL THEN {_fails(value)}"
    return f"CASE WHEN abs({value}) <= {LARGEST} THEN CAST({value} AS text) {failed} END"


@compiles(FloatOf)
def _float(element: Element, compiler: Any, **options: Any) -> str:
    # Its shortest form is that of replies, but for whole numbers and those that are written with an exponent.
    value = f"CAST({element.of(compiler, options)[0]} AS double precision)"
    whole = f"WHEN {value} = trunc({value}) AND abs({value}) < 1e15 THEN CAST({value} AS text) || '.0'"
    others = f"WHEN abs({value}) BETWEEN 1e-4 AND 1e15 THEN CAST({value} AS text)"
    return f"CASE {whole} {others} WHEN {value} IS NOT NULL THEN {_fails(value)} END"


@compiles(IsoOf)
def _iso(element: IsoOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    if element.is_day:
        made = f"""'"' || to_char({value}, 'YYYY-MM-DD') || '"'"""
    else:
        text = f"""replace(to_char(({value}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')"""
        made = f"""'"' || {text} || '+00:00"'"""
    # Infinity is what asyncpg makes of the first and the last day of Python, and of it.
    return f"CASE WHEN isfinite({value}) THEN {made} WHEN {value} IS NOT NULL THEN {_fails(value)} END"


@compiles(ShanghaiOf)
def _shanghai(element: ShanghaiOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    local = f"({value}) AT TIME ZONE INTERVAL '8 hours'"
    return _since_settled(value, f"""'"' || to_char({local}, 'YYYY-MM-DD"T"HH24:MI:SS') || '+08:00"'""")


@compiles(SecondsOf)
def _seconds(element: SecondsOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    return _since_settled(value, f"CAST(CAST(floor(extract(epoch FROM {value})) AS bigint) AS text)")


def _since_settled(value: str, made: str) -> str:
    since = f"TIMESTAMP WITH TIME ZONE '{SETTLED} 00:00:00+00'"
    return f"CASE WHEN {value} >= {since} THEN {made} WHEN {value} IS NOT NULL THEN {_fails(value)} END"


@compiles(ChoiceOf)
def _choice(element: ChoiceOf, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    cases = " ".join(f"""WHEN {quoted(stored)} THEN {quoted(f'"{text}"')}""" for stored, text in element.texts.items())
    return f"CASE {value} {cases} ELSE CASE WHEN {value} IS NOT NULL THEN {_fails(value)} END END"


@compiles(EncodedOf)
def _encoded(element: EncodedOf, compiler: Any, **options: Any) -> str:
    plain = f"{quoted(element.prefix)} || CAST({element.of(compiler, options)[0]} AS text)"
    return f"""('"' || translate(encode(convert_to({plain}, 'UTF8'), 'base64'), '+/' || chr(10), '-_') || '"')"""


@compiles(Constant)
def _constant(element: Constant, _compiler: Any, **_options: Any) -> str:
    return quoted(orjson.dumps(element.value).decode())


@compiles(Nullable)
def _nullable(element: Nullable, compiler: Any, **options: Any) -> str:
    return f"coalesce({element.of(compiler, options)[0]}, 'null')"


@compiles(Required)
def _required(element: Required, compiler: Any, **options: Any) -> str:
    value, of = element.of(compiler, options)
    return f"coalesce({value}, {_fails(of)})"


@compiles(Members)
def _members(element: Members, compiler: Any, **options: Any) -> str:
    values = element.of(compiler, options)
    begins = ("{" if number == 0 else "," for number in range(len(values)))
    parts = (
        f"""{quoted(f'{begin}"{name}":')} || {value}"""
        for begin, name, value in zip(begins, element.names, values, strict=True)
    )
    return f"({' || '.join(parts)} || '}}')"


@compiles(Listed)
def _listed(element: Listed, compiler: Any, **options: Any) -> str:
    item, *order = element.of(compiler, options)
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    return f"('[' || coalesce(string_agg({item}, ','{ordered}), '') || ']')"


@compiles(Sent)
def _sent(element: Sent, compiler: Any, **options: Any) -> str:
    return f"convert_to({element.of(compiler, options)[0]}, 'UTF8')"
