"""What proves in the graph that the caller is a person who signs in."""

import strawberry

from models.identity import CredentialKind, WechatProgram
from resolvers.identity.proving import Proof
from schema.engine.texts import Code, Secret
from schema.engine.types import input_type


@input_type(description="The proof that the caller is who the session says.")
class OwnProofInput:
    """As for signing in."""

    kind: CredentialKind = strawberry.field(description="What the caller signs in with.")
    identifier: str = strawberry.field(
        default="", description="The account, name, number or address; left out for WeChat."
    )
    password: Secret | None = strawberry.field(default=None, description="The password.")
    code: Code | None = strawberry.field(
        default=None,
        description="Instead of the password: the code that `sendCredentialCode` sent to the MOBILE or EMAIL, or the"
        " code of WeChat.",
    )
    program: WechatProgram | None = strawberry.field(
        default=None, description="The program that WeChat gave the code to."
    )

    def proof(self) -> Proof:
        """For the rule."""
        return Proof(self.kind, self.identifier, self.password, self.code, self.program)
