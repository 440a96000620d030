"""The fields of the graph, as data: what each reads or links to, and who may read it.

`column` reads an attribute of the row, `link` and `links` lead to other objects through a batch function
of the business, `resolved` calls a hand-written resolver. Each carries a policy, its own or its type's,
and checks it before anything else happens.
"""

from schema.fields.declarations import column as column
from schema.fields.declarations import link as link
from schema.fields.declarations import links as links
from schema.fields.declarations import list_link as list_link
from schema.fields.declarations import lookup as lookup
from schema.fields.declarations import own_link as own_link
from schema.fields.declarations import resolved as resolved
from schema.fields.kinds import Column as Column
from schema.fields.kinds import GlobalId as GlobalId
from schema.fields.kinds import GraphField as GraphField
from schema.fields.kinds import HasContext as HasContext
from schema.fields.kinds import Link as Link
from schema.fields.kinds import Linked as Linked
from schema.fields.kinds import ListLink as ListLink
from schema.fields.kinds import Lookup as Lookup
from schema.fields.kinds import OwnLink as OwnLink
from schema.fields.kinds import PageLink as PageLink
from schema.fields.kinds import from_row as from_row
from schema.fields.kinds import target_of as target_of
