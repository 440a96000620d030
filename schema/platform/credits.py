"""Credits in the graph: the ledger with its balances, and what earns credits."""

import strawberry

from auth.policies import administrator, owner_or_administrator, signed_in, with_parent
from models.errors import InsufficientCredits, InvalidInput, LimitReached, UserNotFound
from models.platform.credits import CreditAccount, CreditRule
from models.reference import SettingName
from resolvers.platform import credits, prices
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, from_row, links, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, input_type, node_type, root_type, value_type
from schema.identity.ids import user_id_of
from schema.identity.user import User

MINUTES_PER_HOUR = 60

enum_type(
    CreditAccount,
    description="Where credits are kept. An instance is paid from the dedicated account first.",
    values={CreditAccount.GENERAL: "通用积分.", CreditAccount.DEDICATED: "专用积分."},
)
enum_type(
    CreditRule,
    description="What earns credits by itself, once each time.",
    values={
        CreditRule.REGISTRATION: "Registering.",
        CreditRule.REAL_NAME: "The first approval of the real name.",
        CreditRule.PROJECT_COMPLETED: "That a project one takes part in ends.",
    },
)


@node_type(
    description="A change of a balance; never altered afterwards.",
    policy=owner_or_administrator,
    by_id=credits.entry_by_id,
)
class CreditEntry(Node):
    """A row of `credit_entries`."""

    account: CreditAccount = column("Which balance changed.")
    change: int = column("By how much; negative for a loss.")
    balance_after: int = column("The balance of the account after it.")
    message: str = column("Why, for people.")
    rule: CreditRule | None = column("The rule that gave it, if one did.")


@value_type(description="What a developer has to spend.", policy=with_parent)
class Credits:
    """Two rows of `credit_balances`; `id` is the user's."""

    balance: int = column("All credits, at least 0.")
    general_balance: int = column("The general credits, at least 0.")
    dedicated_balance: int = column("The dedicated credits, at least 0.")
    entries: Connection[CreditEntry] = links(
        "What changed the balances.", "id", (credits.entries_of_users, credits.count_entries_of_users)
    )

    @resolved("For how many whole minutes all credits would pay a GPU at the present price.")
    async def gpu_minutes(self, info: Info) -> int:
        """The price is read once an operation."""
        per_hour: int = await info.context.load(prices.values, SettingName.GPU_CREDITS_PER_HOUR)
        return self.balance * MINUTES_PER_HOUR // per_hour


@value_type(description="What a rule gives at present.", policy=signed_in)
class CreditRuleTerms:
    """A row of `credit_rules`."""

    rule: CreditRule = column("The rule.")
    account: CreditAccount = column("Where its credits go.")
    amount: int = column("How many; 0 while it is switched off.")
    message: str = column("What the entry says.")


@root_type
class CreditsQuery:
    """Queries."""

    @resolved("What earns credits: one entry a rule, a handful.", policy=signed_in)
    async def credit_rules(self, info: Info) -> list[CreditRuleTerms]:
        """As administrators set them."""
        return [from_row(CreditRuleTerms, row) for row in await credits.rules(info.context.scope)]


@input_type(description="Credits to grant or to withdraw.")
class AdjustCreditsInput:
    """The input of `grantCredits` and `withdrawCredits`."""

    user_id: strawberry.ID = strawberry.field(description="Whose.")
    account: CreditAccount = strawberry.field(default=CreditAccount.GENERAL, description="In which account.")
    amount: int = strawberry.field(description="How many, from 1 to 1,000,000.")
    message: str = strawberry.field(description="Why, for the developer to read; at most 255 characters.")
    key: str = strawberry.field(
        description="A text of the caller's choice, at most 64 characters: sent again, it changes nothing again."
    )


@payload_type(description="The result of `grantCredits` or `withdrawCredits`.")
class AdjustCreditsPayload:
    """The user, USER_NOT_FOUND or INSUFFICIENT_CREDITS."""

    user: User | None = changed("Whose credits changed.")


@input_type(description="The input of `setCreditRule`: a rule and the credits that it gives.")
class SetCreditRuleInput:
    """The input of `setCreditRule`."""

    rule: CreditRule = strawberry.field(description="The rule.")
    account: CreditAccount = strawberry.field(default=CreditAccount.GENERAL, description="Where its credits go.")
    amount: int = strawberry.field(description="How many, at most 1,000,000; 0 switches it off.")
    message: str = strawberry.field(description="What the entry says, at most 255 characters.")


@payload_type(description="The result of `setCreditRule`.")
class SetCreditRulePayload:
    """The rule."""

    terms: CreditRuleTerms | None = changed("What the rule gives from now on.")


async def _adjust(info: Info, input: AdjustCreditsInput, sign: int) -> AdjustCreditsPayload:
    row = await credits.adjust(
        info.context.scope,
        user_id=await user_id_of(info, input.user_id),
        account=input.account,
        amount=input.amount,
        sign=sign,
        message=input.message,
        key=input.key,
    )
    return AdjustCreditsPayload(user=from_row(User, row))


@root_type
class CreditsMutation:
    """Mutations."""

    @mutation("Give credits to a developer.", policy=administrator, errors=(InvalidInput, UserNotFound, LimitReached))
    async def grant_credits(self, info: Info, input: AdjustCreditsInput) -> AdjustCreditsPayload:
        """Audited."""
        return await _adjust(info, input, 1)

    @mutation(
        "Take credits from a developer, who must have them.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, InsufficientCredits),
    )
    async def withdraw_credits(self, info: Info, input: AdjustCreditsInput) -> AdjustCreditsPayload:
        """Audited."""
        return await _adjust(info, input, -1)

    @mutation("Change what a rule gives from now on.", policy=administrator, errors=(InvalidInput,))
    async def set_credit_rule(self, info: Info, input: SetCreditRuleInput) -> SetCreditRulePayload:
        """Audited."""
        row = await credits.set_rule(
            info.context.scope, rule=input.rule, account=input.account, amount=input.amount, message=input.message
        )
        return SetCreditRulePayload(terms=from_row(CreditRuleTerms, row))
