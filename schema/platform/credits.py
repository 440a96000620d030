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
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, input_type, node_type, root_type, value_type
from schema.identity.user import User

MINUTES_PER_HOUR = 60

enum_type(
    CreditAccount,
    description="An account of credits. Instances are paid from the dedicated account first.",
    values={CreditAccount.GENERAL: "通用积分.", CreditAccount.DEDICATED: "专用积分."},
)
enum_type(
    CreditRule,
    description="An event that grants credits, once per event.",
    values={
        CreditRule.REGISTRATION: "Registering.",
        CreditRule.REAL_NAME: "The first approval of the real name.",
        CreditRule.PROJECT_COMPLETED: "The end of a project that the developer takes part in.",
    },
)


@node_type(
    description="An immutable change of a balance.",
    policy=owner_or_administrator,
    by_id=credits.entry_by_id,
)
class CreditEntry(Node):
    """A row of `credit_entries`."""

    account: CreditAccount = column("The account.")
    change: int = column("The amount; negative for a deduction.")
    balance_after: int = column("The balance of the account after it.")
    message: str = column("The reason, for people.")
    rule: CreditRule | None = column("The rule that granted it, if any.")


@value_type(description="The credits of a developer.", policy=with_parent)
class Credits:
    """Two rows of `credit_balances`; `id` is the user's."""

    balance: int = column("All credits, at least 0.")
    general_balance: int = column("The general credits, at least 0.")
    dedicated_balance: int = column("The dedicated credits, at least 0.")
    entries: Connection[CreditEntry] = links(
        "The entries of the ledger.", "id", (credits.entries_of_users, credits.count_entries_of_users)
    )

    @resolved("The number of whole minutes of one GPU that all credits pay for at the current price.")
    async def gpu_minutes(self, info: Info) -> int:
        """The price is read once an operation."""
        per_hour: int = await info.context.load(prices.values, SettingName.GPU_CREDITS_PER_HOUR)
        return self.balance * MINUTES_PER_HOUR // per_hour


@value_type(description="The current terms of a rule.", policy=signed_in)
class CreditRuleTerms:
    """A row of `credit_rules`."""

    rule: CreditRule = column("The rule.")
    account: CreditAccount = column("The account that gets the credits.")
    amount: int = column("The number of credits; 0 if the rule is disabled.")
    message: str = column("The message of the entry.")


@root_type
class CreditsQuery:
    """Queries."""

    @resolved("What earns credits: one entry a rule.", policy=signed_in, at_most=len(CreditRule))
    async def credit_rules(self, info: Info) -> list[CreditRuleTerms] | None:
        """As administrators set them."""
        return [from_row(CreditRuleTerms, row) for row in await credits.rules(info.context.scope)]


@input_type(description="Credits to grant or to withdraw.")
class AdjustCreditsInput:
    """The input of `grantCredits` and `withdrawCredits`."""

    user_id: Id[User] = strawberry.field(description="The user.")
    account: CreditAccount = strawberry.field(default=CreditAccount.GENERAL, description="The account.")
    amount: int = strawberry.field(description="The number of credits, from 1 to 1,000,000.")
    message: str = strawberry.field(description="The reason, shown to the developer; at most 255 characters.")
    key: str = strawberry.field(
        description="An idempotency key of at most 64 characters: repeating it has no further effect."
    )


@payload_type(description="The result of `grantCredits` or `withdrawCredits`.")
class AdjustCreditsPayload:
    """The user, USER_NOT_FOUND or INSUFFICIENT_CREDITS."""

    user: User | None = changed("The user whose credits changed.")


@input_type(description="The input of `setCreditRule`: a rule and the credits that it gives.")
class SetCreditRuleInput:
    """The input of `setCreditRule`."""

    rule: CreditRule = strawberry.field(description="The rule.")
    account: CreditAccount = strawberry.field(
        default=CreditAccount.GENERAL, description="The account that gets the credits."
    )
    amount: int = strawberry.field(description="The number of credits, at most 1,000,000; 0 disables the rule.")
    message: str = strawberry.field(description="The message of the entry, at most 255 characters.")


@payload_type(description="The result of `setCreditRule`.")
class SetCreditRulePayload:
    """The rule."""

    terms: CreditRuleTerms | None = changed("The new terms of the rule.")


async def _adjust(info: Info, input: AdjustCreditsInput, sign: int) -> AdjustCreditsPayload:
    row = await credits.adjust(
        info.context.scope,
        user_id=input.user_id,
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

    @mutation("Grant credits to a developer.", policy=administrator, errors=(InvalidInput, UserNotFound, LimitReached))
    async def grant_credits(self, info: Info, input: AdjustCreditsInput) -> AdjustCreditsPayload:
        """Audited."""
        return await _adjust(info, input, 1)

    @mutation(
        "Withdraw credits from a developer, whose balance must suffice.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, InsufficientCredits),
    )
    async def withdraw_credits(self, info: Info, input: AdjustCreditsInput) -> AdjustCreditsPayload:
        """Audited."""
        return await _adjust(info, input, -1)

    @mutation("Change the terms of a credit rule.", policy=administrator, errors=(InvalidInput,))
    async def set_credit_rule(self, info: Info, input: SetCreditRuleInput) -> SetCreditRulePayload:
        """Audited."""
        row = await credits.set_rule(
            info.context.scope, rule=input.rule, account=input.account, amount=input.amount, message=input.message
        )
        return SetCreditRulePayload(terms=from_row(CreditRuleTerms, row))
