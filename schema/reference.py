"""Dictionaries, the countdown to the examination and the version."""

import asyncio
import datetime
from typing import Annotated, Any

import strawberry

from auth.policies import Policy, administrator, public
from models.errors import InvalidInput, NotFound
from models.reference import DictionaryKind
from resolvers import dictionaries, reference
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, input_type, node_type, root_type, value_type

enum_type(
    DictionaryKind,
    description="A dictionary: a list of choices for forms.",
    values={
        DictionaryKind.CERTIFICATE_TYPE: "证件类型, for real-name certification.",
        DictionaryKind.DOMAIN: "领域, in which developers and projects work.",
        DictionaryKind.EDUCATION: "学历.",
        DictionaryKind.POSITION: "职位.",
        DictionaryKind.AWARD_LEVEL: "奖项等级.",
        DictionaryKind.RESEARCH_DIRECTION: "研究方向.",
        DictionaryKind.WORK_POSITION: "岗位, which resumes wish for.",
        DictionaryKind.JOB_DOMAIN: "职位领域, of feeds, companies and what people look for.",
        DictionaryKind.COMPANY_PREFERENCE: "人才偏好, of feeds.",
        DictionaryKind.CITY: "城市, that feeds offer.",
        DictionaryKind.JOB_WELFARE: "工作福利, that feeds offer.",
    },
)


@node_type(description="An entry of a dictionary.", policy=public, by_id=dictionaries.by_id)
class DictionaryEntry(Node):
    """A row of `dictionary_entries`."""

    kind: DictionaryKind = column("The list.")
    number: int = column("The number in inputs and the old REST APIs: from 1 within its list; it never changes.")
    key: str | None = column("The key in the sign cloud, if any; it never changes.")
    name: str = column("The display name.")
    enabled: bool = column("Whether it can be chosen; a disabled entry stays where it was chosen before.")
    viewer_can_update: bool = hint("Whether the caller may rename and disable it.", dictionaries.MANAGE)


def chosen(description: str, kind: DictionaryKind, *, column: str, policy: Policy | None = None) -> Any:
    """A field for the entries of a list whose numbers the row's attribute `column` holds, in that order."""
    batch = dictionaries.by_number[kind]

    async def read(self: Any, info: Info) -> list[DictionaryEntry]:
        rows = await asyncio.gather(*(info.context.load(batch, number) for number in getattr(self, column)))
        return [from_row(DictionaryEntry, row) for row in rows if row is not None]

    return resolved(description, policy=policy, at_most=dictionaries.MAX_CHOICES)(read)


@value_type(description="The time until the next postgraduate entrance examination.", policy=public)
class ExamCountdown:
    """Made by `resolvers.reference`."""

    date: datetime.date = column("The first day of the examination.")
    days: int = column("The whole days from today to it, in Shanghai; never negative.")


@root_type
class ReferenceQuery:
    """Queries."""

    @resolved("All entries of a dictionary, by number: dictionaries are short.", policy=public)
    async def dictionary(
        self,
        info: Info,
        kind: Annotated[DictionaryKind, strawberry.argument(description="The dictionary.")],
        include_disabled: Annotated[
            bool, strawberry.argument(description="Whether to include disabled entries.")
        ] = False,
    ) -> list[DictionaryEntry]:
        """What a form offers."""
        rows = await dictionaries.entries(info.context.scope, kind=kind, include_disabled=include_disabled)
        return [from_row(DictionaryEntry, row) for row in rows]

    @resolved("The countdown to the postgraduate entrance examination.", policy=public)
    async def exam_countdown(self, info: Info) -> ExamCountdown | None:
        """To the configured date or, without one, the last Saturday on or before 25 December."""
        countdown = await reference.exam_countdown(info.context.scope)
        return ExamCountdown(date=countdown.date, days=countdown.days)

    @resolved("The version of the product.", policy=public)
    def version(self) -> str:
        """As in pyproject.toml."""
        return reference.VERSION


@input_type(description="The date of the examination.")
class SetExamDateInput:
    """The input of `setExamDate`."""

    date: datetime.date | None = strawberry.field(
        default=None, description="The first day of the examination; null restores the usual date."
    )


@payload_type(description="The result of `setExamDate`.")
class SetExamDatePayload:
    """The date."""

    date: datetime.date | None = changed("The configured date.")


@input_type(description="An entry to add, rename, disable or enable.")
class SaveDictionaryEntryInput:
    """The input of `saveDictionaryEntry`."""

    kind: DictionaryKind = strawberry.field(description="The list.")
    number: int | None = strawberry.field(
        default=None, description="The entry to change; if omitted, a new one gets the next number."
    )
    name: str | None = strawberry.field(
        default=None,
        description="The name, at most 255 characters, 16 for a WORK_POSITION; required only for a new entry.",
    )
    enabled: bool | None = strawberry.field(
        default=None, description="Whether it can be chosen; true by default for a new one."
    )


@payload_type(description="The result of `saveDictionaryEntry`.")
class SaveDictionaryEntryPayload:
    """The entry, INVALID_INPUT or NOT_FOUND."""

    entry: DictionaryEntry | None = changed("The entry.")


@root_type
class ReferenceMutation:
    """Mutations."""

    @mutation(
        "Add an entry to a list, or rename, disable or enable one.",
        policy=dictionaries.MANAGE.policy,
        errors=(InvalidInput, NotFound),
    )
    async def save_dictionary_entry(self, info: Info, input: SaveDictionaryEntryInput) -> SaveDictionaryEntryPayload:
        """Numbers are given once and never change."""
        row = await dictionaries.save(
            info.context.scope, kind=input.kind, number=input.number, name=input.name, enabled=input.enabled
        )
        return SaveDictionaryEntryPayload(entry=from_row(DictionaryEntry, row))

    @mutation("Configure the date of the postgraduate entrance examination.", policy=administrator, errors=())
    async def set_exam_date(self, info: Info, input: SetExamDateInput) -> SetExamDatePayload:
        """Without a date, the usual one is computed again."""
        await reference.set_exam_date(info.context.scope, exam_date=input.date)
        return SetExamDatePayload(date=input.date)
