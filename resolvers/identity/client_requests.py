"""Data that old clients report about themselves, stored with their changes."""

from sqlalchemy import insert, select

from models.identity import ClientRequest
from models.statements import table_of
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import ClientRequestOrder
from resolvers.scope import Scope

_requests = table_of(ClientRequest)
_query = select(_requests)
_ADD = insert(_requests)

by_id = by_key(_query, _requests.c.id)
of_users, count_of_users = pages_by_foreign_key(_query, _requests.c.user_id, _requests.c.id, ClientRequestOrder)


async def record(scope: Scope, operation: str) -> None:
    """Keep what the client of this operation says about itself, in its transaction, if somebody is signed in."""
    details = scope.client_details
    if details is None or scope.principal.user_id is None:
        return
    await scope.transaction.execute(
        _ADD,
        {
            "user_id": scope.principal.user_id,
            "operation": operation,
            "client": scope.client,
            "platform_code": details.platform_code,
            "unique_key": details.unique_key,
            "city": details.city,
            "longitude": details.longitude,
            "latitude": details.latitude,
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
