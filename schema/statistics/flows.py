"""Credits and feeds in statistics."""

import datetime

import strawberry

from auth.policies import with_parent
from models.platform.credits import CreditAccount, CreditRule
from resolvers.signing import companies
from resolvers.statistics.credits import CreditDimension, CreditFlowKind
from resolvers.statistics.feeds import FeedDimension
from resolvers.statistics.periods import DEFAULT_DAYS, MAX_DAYS
from resolvers.talent import feeds
from schema.engine.fields import column, link, resolved
from schema.engine.ids import Id
from schema.engine.scalars import BigInt
from schema.engine.types import enum_type, input_type, value_type
from schema.signing.companies import Company
from schema.statistics.shares import share
from schema.talent.feeds import Feed

FIRST_DAY = (
    f"The first day by the calendar in Shanghai, at most {MAX_DAYS} days with the last one; by default {DEFAULT_DAYS}"
    " days."
)
LAST_DAY = "The last day; by default today."

enum_type(
    CreditFlowKind,
    description="What changed a balance.",
    values={
        CreditFlowKind.EARNED: "A rule granted credits.",
        CreditFlowKind.GRANTED: "An administrator granted credits.",
        CreditFlowKind.SPENT: "An instance was paid.",
        CreditFlowKind.WITHDRAWN: "An administrator withdrew credits.",
        CreditFlowKind.CORRECTED: "A merge of two users took back what both had earned for the same event.",
    },
)
enum_type(
    CreditDimension,
    description="What the entries of `statistics.credits` are told apart by.",
    values={
        CreditDimension.DAY: "The day by the calendar in Shanghai.",
        CreditDimension.KIND: "What changed the balance.",
        CreditDimension.RULE: "The rule.",
        CreditDimension.ACCOUNT: "The account.",
    },
)
enum_type(
    FeedDimension,
    description="What the recommendations of `statistics.feeds` are told apart by.",
    values={
        FeedDimension.FEED: "The feed.",
        FeedDimension.COMPANY: "The recruiter's company.",
        FeedDimension.DAY: "The day on which the recommendation was first shown, by the calendar in Shanghai.",
    },
)


@input_type(description="A filter of entries of the ledger of credits; all conditions must hold.")
class CreditStatisticsFilter:
    """The filter of `statistics.credits`."""

    first_day: datetime.date | None = strawberry.field(default=None, description=FIRST_DAY)
    last_day: datetime.date | None = strawberry.field(default=None, description=LAST_DAY)
    kinds: list[CreditFlowKind] | None = strawberry.field(
        default=None, description="What changed the balance; by default anything."
    )
    rules: list[CreditRule] | None = strawberry.field(default=None, description="The rules; by default any, and none.")
    accounts: list[CreditAccount] | None = strawberry.field(default=None, description="The accounts; by default both.")


@input_type(description="A filter of recommendations; all conditions must hold.")
class FeedStatisticsFilter:
    """The filter of `statistics.feeds`."""

    first_day: datetime.date | None = strawberry.field(default=None, description=FIRST_DAY)
    last_day: datetime.date | None = strawberry.field(default=None, description=LAST_DAY)
    feed_ids: list[Id[Feed]] | None = strawberry.field(
        default=None, description="The feeds, at most 100; by default all that the caller may see."
    )


@value_type(description="The entries of the ledger of credits, all or as asked by.", policy=with_parent)
class CreditFlow:
    """A row of `statistics.credits`."""

    day: datetime.date | None = column("The day; null if not asked by it.")
    kind: CreditFlowKind | None = column("What changed the balances; null if not asked by it.")
    rule: CreditRule | None = column("The rule; null for entries of none, and if not asked by it.")
    account: CreditAccount | None = column("The account; null if not asked by it.")
    entry_count: int = column("The number of entries.")
    user_count: int = column("The number of different users.")
    change: BigInt = column("The sum of the changes, in credits; negative if more was taken than given.")


@value_type(
    description="How recommendations fared, of all feeds or as asked by. Those that fit no more count too.",
    policy=with_parent,
)
class FeedQuality:
    """A row of `statistics.feeds`."""

    feed: Feed | None = link("The feed; null if not asked by it, and except for its recruiter.", "feed_id", feeds.by_id)
    company: Company | None = link(
        "The recruiter's company; null if not asked by it, and without one.", "company_id", companies.by_id
    )
    day: datetime.date | None = column("The day; null if not asked by it.")
    shown_count: int = column("The recommendations that were shown.")
    read_count: int = column("Those that the recruiter read.")
    hidden_count: int = column("Those that the recruiter hides.")
    marked_count: int = column("Those that the recruiter marked.")
    progressed_count: int = column("Those whose mark means progress, from an interview to the entry.")
    contacted_count: int = column("Those whose contact the recruiter acquired.")

    @resolved("`readCount` of `shownCount`, from 0 to 1; null if nothing was shown.")
    def read_rate(self) -> float | None:
        """The quotient."""
        return share(self.read_count, self.shown_count)

    @resolved("`progressedCount` of `shownCount`, from 0 to 1; null if nothing was shown.")
    def progress_rate(self) -> float | None:
        """The quotient."""
        return share(self.progressed_count, self.shown_count)

    @resolved("`contactedCount` of `shownCount`, from 0 to 1; null if nothing was shown.")
    def contact_rate(self) -> float | None:
        """The quotient."""
        return share(self.contacted_count, self.shown_count)
