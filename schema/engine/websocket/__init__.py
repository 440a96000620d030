"""`/graphql` over WebSocket, by the protocol graphql-transport-ws: every operation has a context of its own.

Who signs in says so once, in the payload of `connection_init`: `{"Authorization": "Bearer <token>"}`. The
session is looked up then, for each operation, and for each event of a subscription.
"""

from schema.engine.websocket.connection import GRAPHQL as GRAPHQL
from schema.engine.websocket.connection import Connection as Connection
from schema.engine.websocket.connection import TextAdapter as TextAdapter
from schema.engine.websocket.handler import Handler as Handler
from schema.engine.websocket.limits import SEND_SECONDS as SEND_SECONDS
from schema.engine.websocket.limits import SocketLimits as SocketLimits
