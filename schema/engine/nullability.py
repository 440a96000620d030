"""A refusal stays where it is: what not everybody may read who may read the object around it is nullable.

A field that must not be null would take the object around it along when it is refused, and the list around that.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product

from graphql import GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type, is_non_null_type

from auth import policies
from auth.policies import Policy
from auth.principal import ANONYMOUS, Disclosure, Principal
from models.identity import Role
from schema.engine.fields import GraphField

_VIEWER, _OTHER = 1, 2
_CALLERS = (
    ANONYMOUS,
    Principal(user_id=_VIEWER),
    *(Principal(user_id=_VIEWER, roles=frozenset({role})) for role in Role),
    *(Principal(user_id=_VIEWER, disclosures=frozenset({disclosure})) for disclosure in Disclosure),
)


def faults_of(schema: GraphQLSchema) -> Iterator[str]:
    """The fields that would take more along when they are refused; mutations and subscriptions stop as a whole."""
    for name, type_ in sorted(schema.type_map.items()):
        if not isinstance(type_, GraphQLObjectType) or type_ in (schema.mutation_type, schema.subscription_type):
            continue
        if node_of(type_) is not None:
            continue
        of_type = policy_of(type_)
        for field_name, field in type_.fields.items():
            declared = field.extensions.get("strawberry-definition")
            if not isinstance(declared, GraphField) or declared.policy is None or not is_non_null_type(field.type):
                continue
            where = f"{name}.{declared.python_name or field_name}"
            if is_stricter(declared.policy, of_type):
                yield f"{where} is for {declared.policy.description} alone and must be nullable."
            of_target = policy_of(node_of(target := get_named_type(field.type)) or target)
            if declared.policy is not policies.with_parent and is_stricter(of_target, declared.policy):
                yield f"{where} leads to what is for {of_target.description} alone and must be nullable."


def policy_of(type_: GraphQLNamedType) -> Policy:
    """The policy of a type's fields that name none; everybody's for a root."""
    return getattr(type_.extensions.get("strawberry-definition"), "type_policy", None) or policies.public


def node_of(type_: GraphQLNamedType) -> GraphQLNamedType | None:
    """The type of the objects that a connection or an edge holds; None for other types."""
    declared = type_.extensions.get("strawberry-definition")
    if not isinstance(type_, GraphQLObjectType) or getattr(declared, "concrete_of", None) is None:
        return None
    node: GraphQLNamedType = get_named_type((type_.fields.get("nodes") or type_.fields["node"]).type)
    return node


@cache
def is_stricter(policy: Policy, than: Policy) -> bool:
    """Whether there is a caller whom one policy lets in and the first does not."""
    return any(
        than.allows(caller, owner_id) and not policy.allows(caller, owner_id)
        for caller, owner_id in product(_CALLERS, (_VIEWER, _OTHER, None))
    )
