"""Replies that a statement makes: objects, with what they lead to, as JSON beside the rows that they are made of.

A template says what an object holds: columns, objects that a batch function finds by a key of its row, and pages. It
reads the queries of the batch functions, and their scope, as they are. Nothing in it depends on who asks, nor on
values: what a page is asked for is bound when the statement runs.
"""

from resolvers.rendering.objects import MAX_DEPTH as MAX_DEPTH
from resolvers.rendering.objects import Member as Member
from resolvers.rendering.objects import Nothing as Nothing
from resolvers.rendering.objects import Object as Object
from resolvers.rendering.objects import One as One
from resolvers.rendering.objects import Otherwise as Otherwise
from resolvers.rendering.objects import Same as Same
from resolvers.rendering.objects import Text as Text
from resolvers.rendering.objects import Value as Value
from resolvers.rendering.pages import CURSOR as CURSOR
from resolvers.rendering.pages import End as End
from resolvers.rendering.pages import Fixed as Fixed
from resolvers.rendering.pages import IsMore as IsMore
from resolvers.rendering.pages import Nodes as Nodes
from resolvers.rendering.pages import Page as Page
from resolvers.rendering.pages import Part as Part
from resolvers.rendering.pages import Parts as Parts
from resolvers.rendering.pages import Total as Total
from resolvers.rendering.pages import Whole as Whole
from resolvers.rendering.statements import Bound as Bound
from resolvers.rendering.statements import Rendering as Rendering
