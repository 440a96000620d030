"""Merging users who are one person, and unlinking credentials, in the graph."""

import strawberry

from auth.policies import administrator, public, signed_in
from models.errors import (
    AwaitingActivation,
    InvalidInput,
    LastCredential,
    MergeConflict,
    NotFound,
    ServiceBusy,
    TooManyRequests,
    UserNotFound,
    WechatBlocked,
    WechatUnavailable,
    WrongCode,
    WrongCredentials,
)
from models.identity import CredentialKind
from resolvers.identity import credentials, users
from resolvers.identity.merging import merge
from schema.engine.context import Info
from schema.engine.fields import column, from_row
from schema.engine.ids import Id
from schema.engine.mutations import mutation, payload_type
from schema.engine.texts import Secret
from schema.engine.types import input_type, root_type, value_type
from schema.engine.wording import Wording
from schema.identity.inputs import LinkCredentialPayload
from schema.identity.proving import OwnProofInput
from schema.identity.user import User

DRY_RUN = "Whether nothing is merged and `report` tells what would happen."


@input_type(description="The input of `mergeAccounts`: what proves that the other account is the caller's too.")
class MergeAccountsInput(OwnProofInput):
    """The input of `mergeAccounts`."""

    kind: CredentialKind = strawberry.field(description="What the caller signs in to the other account with.")
    password: Secret | None = strawberry.field(default=None, description="The password of the other account.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@input_type(description="The input of `mergeUsers`: two users who are one person.")
class MergeUsersInput:
    """The input of `mergeUsers`."""

    user_id: Id[User] = strawberry.field(description="The user who becomes part of the other.")
    into_user_id: Id[User] = strawberry.field(description="The user who stays.")
    reason: str = strawberry.field(description=f"Why, for the audit trail: at most {merge.MAX_REASON} characters.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@input_type(description="The input of `unlinkCredential`: one of the caller's credentials.")
class UnlinkCredentialInput:
    """The input of `unlinkCredential`."""

    kind: CredentialKind = strawberry.field(description="What it is.")
    address: str = strawberry.field(description="The account, name, number or address, as `credentials` shows it.")


@value_type(description="What a merge does to one reference of a table to users.", policy=public)
class MergedTable:
    """An outcome of a rule."""

    table: str = column("The table.")
    referring_column: str = column("Its column that refers to a user.")
    moved: int = column("How many rows refer to the user who stays from now on.")
    dropped: int = column("How many rows of the two users are dropped, or are added to others.")
    refusal: str = column("Why the merge is refused; empty where nothing here stands in its way.")
    rule: str = column("The rule of this table.")


@payload_type(description="The result of `mergeAccounts` and `mergeUsers`.")
class MergePayload:
    """The merged user, and what happened to each table."""

    user: User | None = column(
        "The user who stays. Null for a dry run and when the mutation was refused.", default=None
    )
    report: list[MergedTable] = column(
        "What happened to each table, or would happen in a dry run; empty when the mutation was refused.",
        default_factory=list,
    )

    @classmethod
    def of(cls, done: merge.Merge, wording: Wording) -> "MergePayload":
        """The payload for a merge."""
        return cls(
            user=None if done.user is None else from_row(User, done.user),
            report=[
                MergedTable(
                    table=outcome.table,
                    referring_column=outcome.column,
                    moved=outcome.moved,
                    dropped=outcome.dropped,
                    refusal="" if outcome.refusal is None else wording.said(outcome.refusal),
                    rule=outcome.rule,
                )
                for outcome in done.outcomes
            ],
        )


@root_type
class MergingMutation:
    """Mutations."""

    @mutation(
        "Merge another account of the caller's into the one they are signed in as. The other's credentials, sessions"
        " and ids stand for the merged user from then on. It cannot be undone.",
        policy=signed_in,
        errors=(
            InvalidInput,
            UserNotFound,
            WrongCredentials,
            WrongCode,
            AwaitingActivation,
            WechatBlocked,
            WechatUnavailable,
            TooManyRequests,
            ServiceBusy,
            MergeConflict,
        ),
        exclusive=True,
    )
    async def merge_accounts(self, info: Info, input: MergeAccountsInput) -> MergePayload:
        """Refused as signing in is, and with MERGE_CONFLICT once for each table that refuses."""
        done = await merge.merge_accounts(info.context.scope, input.proof(), dry_run=input.dry_run)
        return MergePayload.of(done, info.context.wording)

    @mutation(
        "Merge a user into another: they are one person. It cannot be undone.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, MergeConflict),
        exclusive=True,
    )
    async def merge_users(self, info: Info, input: MergeUsersInput) -> MergePayload:
        """Refused with USER_NOT_FOUND, and with MERGE_CONFLICT once for each table that refuses."""
        done = await merge.merge_users(
            info.context.scope,
            user_id=input.user_id,
            into_user_id=input.into_user_id,
            reason=input.reason,
            dry_run=input.dry_run,
        )
        return MergePayload.of(done, info.context.wording)

    @mutation(
        "Let the caller sign in with one of their credentials no more, while another remains. All WeChat credentials"
        " go together.",
        policy=signed_in,
        errors=(InvalidInput, UserNotFound, NotFound, LastCredential),
        exclusive=True,
    )
    async def unlink_credential(self, info: Info, input: UnlinkCredentialInput) -> LinkCredentialPayload:
        """Refused with NOT_FOUND or LAST_CREDENTIAL."""
        scope = info.context.scope
        await credentials.unlink(scope, kind=input.kind, identifier=input.address)
        return LinkCredentialPayload(user=from_row(User, await users.load_user(scope, scope.viewer_id)))
