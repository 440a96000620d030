"""Hints: whether the caller may do something to an object, from the permission that the mutation checks."""

from typing import Any

from auth.permissions import Permission
from auth.policies import Policy
from schema.engine.fields.kinds import GraphField


class Hint(GraphField):
    """Tells whether a permission lets the caller do something to the object. It reads the object's row alone."""

    permission: Permission
    declared = ("permission",)

    def read(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Whether it does."""
        return self.permission.allows(info.context.scope.principal, source)


def hint(description: str, permission: Permission, *, policy: Policy | None = None) -> Any:
    """A field, such as `viewerCanUpdate`, that tells whether the mutation's check of `permission` would succeed."""
    field = Hint(description=description)
    field.permission = permission
    field.policy = policy
    field.init = False
    return field
