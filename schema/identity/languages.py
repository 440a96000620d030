"""The language that a user is written to in."""

import strawberry

from auth.policies import signed_in
from models.errors import UserNotFound
from models.language import Language
from resolvers import languages
from resolvers.identity import users
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.identity.user import User


@input_type(description="The input of `setLanguage`.")
class SetLanguageInput:
    """The input of `setLanguage`."""

    language: Language | None = strawberry.field(
        description="The language of e-mails, short messages and notifications. Null for that of the request that"
        " causes each, which is Chinese for the old APIs."
    )


@payload_type(description="The result of `setLanguage`.")
class SetLanguagePayload:
    """The changed user."""

    user: User | None = changed("The user.")


@root_type
class LanguagesMutation:
    """Mutations."""

    @mutation("Choose the language that the caller is written to in.", policy=signed_in, errors=(UserNotFound,))
    async def set_language(self, info: Info, input: SetLanguageInput) -> SetLanguagePayload:
        """Refused with USER_NOT_FOUND for a caller who is gone."""
        scope = info.context.scope
        await languages.choose(scope, input.language)
        return SetLanguagePayload(user=from_row(User, await users.load_user(scope, scope.viewer_id)))
