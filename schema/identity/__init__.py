"""People in the graph."""

from schema.identity.accounts import AccountsMutation
from schema.identity.mutations import IdentityMutation
from schema.identity.queries import IdentityQuery
from schema.identity.user import User

__all__ = ["AccountsMutation", "IdentityMutation", "IdentityQuery", "User"]
