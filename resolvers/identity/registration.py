"""Registration with a mobile number."""

from typing import Any

from sqlalchemy import Row, insert

from auth import passwords
from auth.principal import Principal
from models.errors import CredentialTaken
from models.identity import CodePurpose, CredentialKind
from models.platform.credits import CreditRule
from models.platform.profile import DeveloperProfile
from models.statements import table_of
from resolvers.identity import admission, codes, credentials, guessing, users
from resolvers.identity.identifiers import checked_address, checked_username
from resolvers.platform import credits
from resolvers.scope import Scope

NAME = "开发者"
"""What developers are called of whom nothing else is known: others may read a name, and not what one signs in with."""

_ADD_PROFILE = insert(table_of(DeveloperProfile))


async def send_registration_code(scope: Scope, *, mobile: str) -> str:
    """Send a code to register with; it belongs to the number, since there is no user yet."""
    return await codes.send(
        scope,
        purpose=CodePurpose.REGISTER,
        kind=CredentialKind.MOBILE,
        address=checked_address(CredentialKind.MOBILE, mobile, field="mobile"),
        user_id=None,
    )


async def register_developer(scope: Scope, *, username: str, mobile: str, password: str, code: str) -> Row[Any]:
    """A new user who signs in with a user name and a mobile number, proven by the code sent there.

    They start with a developer profile and the credits of registering, and are the caller from here on,
    without a session. Raises InvalidInput, TooManyRequests, CredentialTaken, or WrongCode once nothing else is wrong.
    """
    username = checked_username(username)
    mobile = checked_address(CredentialKind.MOBILE, mobile, field="mobile")
    passwords.check_new_password(password, field="password")
    await admission.count_registration(scope)
    chosen = (("username", CredentialKind.USERNAME, username), ("mobile", CredentialKind.MOBILE, mobile))
    for field, kind, identifier in chosen:
        if await credentials.owner_of(scope, kind, identifier) is not None:
            raise CredentialTaken(field=field)
    proof = await codes.check(
        scope,
        purpose=CodePurpose.REGISTER,
        kind=CredentialKind.MOBILE,
        address=mobile,
        user_id=None,
        code=code,
    )
    password_hash = await scope.services.hasher.hash(password, guessing.caller(scope))
    await codes.use(scope, proof)
    user_id = await _add(scope, password_hash=password_hash)
    for field, kind, identifier in chosen:
        await credentials.add(scope, user_id=user_id, kind=kind, identifier=identifier, field=field)
    await credits.earn(scope, user_id=user_id, rule=CreditRule.REGISTRATION, key=credits.ONCE)
    scope.principal = Principal(user_id)
    return await users.load_user(scope, user_id)


async def _add(scope: Scope, *, password_hash: str) -> int:
    user_id = await users.add_user(scope, name=NAME, password_hash=password_hash)
    profile = DeveloperProfile(user_id=user_id, created_at=scope.now, updated_at=scope.now)
    await scope.transaction.execute(_ADD_PROFILE, profile.model_dump(exclude={"id"}))
    return user_id
