"""JSON that a statement makes, to the byte as orjson writes it, on both databases."""

from models.json_sql import postgresql as _postgresql  # noqa: F401 - how each database makes it
from models.json_sql import sqlite as _sqlite  # noqa: F401 - likewise
from models.json_sql.elements import BASE64_FUNCTION as BASE64_FUNCTION
from models.json_sql.elements import BOOLEAN as BOOLEAN
from models.json_sql.elements import FLOAT as FLOAT
from models.json_sql.elements import FLOAT_FUNCTION as FLOAT_FUNCTION
from models.json_sql.elements import INT as INT
from models.json_sql.elements import ISO as ISO
from models.json_sql.elements import MAX_MEMBERS as MAX_MEMBERS
from models.json_sql.elements import NUMBER as NUMBER
from models.json_sql.elements import SECONDS as SECONDS
from models.json_sql.elements import SHANGHAI as SHANGHAI
from models.json_sql.elements import TEXT as TEXT
from models.json_sql.elements import Constant as Constant
from models.json_sql.elements import Form as Form
from models.json_sql.elements import Listed as Listed
from models.json_sql.elements import Members as Members
from models.json_sql.elements import Nullable as Nullable
from models.json_sql.elements import Required as Required
from models.json_sql.elements import Sent as Sent
from models.json_sql.elements import TruthOf as TruthOf
from models.json_sql.elements import base64url as base64url
from models.json_sql.elements import choice as choice
from models.json_sql.elements import encoded as encoded
from models.json_sql.elements import is_certain as is_certain
from models.json_sql.elements import shown_float as shown_float
