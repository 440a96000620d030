"""The fields of the graph, as data: what each reads or links to, and who may read it.

`column` reads an attribute of the row, `link` and `links` lead to other objects through a batch function
of the business, `resolved` calls a hand-written resolver. Each carries a policy, its own or its type's,
and checks it before anything else happens.
"""

from schema.engine.fields.declarations import AFTER as AFTER
from schema.engine.fields.declarations import BEFORE as BEFORE
from schema.engine.fields.declarations import FIRST as FIRST
from schema.engine.fields.declarations import LAST as LAST
from schema.engine.fields.declarations import ORDER as ORDER
from schema.engine.fields.declarations import column as column
from schema.engine.fields.declarations import link as link
from schema.engine.fields.declarations import links as links
from schema.engine.fields.declarations import list_link as list_link
from schema.engine.fields.declarations import lookup as lookup
from schema.engine.fields.declarations import own_link as own_link
from schema.engine.fields.declarations import paged as paged
from schema.engine.fields.declarations import resolved as resolved
from schema.engine.fields.hints import Hint as Hint
from schema.engine.fields.hints import hint as hint
from schema.engine.fields.kinds import VIEWER_TEACHES as VIEWER_TEACHES
from schema.engine.fields.kinds import Column as Column
from schema.engine.fields.kinds import GlobalId as GlobalId
from schema.engine.fields.kinds import GraphField as GraphField
from schema.engine.fields.kinds import HasContext as HasContext
from schema.engine.fields.kinds import Link as Link
from schema.engine.fields.kinds import Linked as Linked
from schema.engine.fields.kinds import ListLink as ListLink
from schema.engine.fields.kinds import Lookup as Lookup
from schema.engine.fields.kinds import OwnLink as OwnLink
from schema.engine.fields.kinds import PageLink as PageLink
from schema.engine.fields.kinds import from_row as from_row
from schema.engine.fields.kinds import target_of as target_of
