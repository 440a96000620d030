"""One search over all kinds of objects."""

from typing import Annotated, Any, cast

import strawberry
from strawberry.utils.str_converters import to_camel_case

from auth.policies import public, with_parent
from resolvers.search import finding, matches
from resolvers.search.finding import MAX_COUNTED, MAX_QUERY, MAX_WORDS, Ranking
from resolvers.search.matches import MAX_FRAGMENTS, MAX_MATCHES
from resolvers.search.sources import SearchKind
from schema.engine.connection import After, Connection, First
from schema.engine.context import Info
from schema.engine.fields import column, from_row, paged, resolved
from schema.engine.paging import ConnectionValue, page_request
from schema.engine.types import NODE_TYPES, Node, enum_type, root_type, value_type

enum_type(
    SearchKind,
    description="A kind of object that `search` finds.",
    values={
        SearchKind.PERSON: "Users, by name, account, class and major; for administrators.",
        SearchKind.COMPANY: "Companies, by name; for signed-in users.",
        SearchKind.PROJECT: "Projects, by name and introduction; for signed-in users.",
        SearchKind.POST: "Posts, by title and text; for everybody. An anonymous one is not found by its author.",
        SearchKind.RESUME: "Resumes that the caller may see, by name, position, city, jobs and studies.",
        SearchKind.CANDIDATE: "`CandidateResume` objects that the caller may see, by all but the name; for recruiters.",
    },
)
_TYPES = {
    SearchKind.PERSON: "User",
    SearchKind.COMPANY: "Company",
    SearchKind.PROJECT: "Project",
    SearchKind.POST: "Post",
    SearchKind.RESUME: "Resume",
    SearchKind.CANDIDATE: "CandidateResume",
}


@value_type(description="A piece of a text.", policy=with_parent)
class TextFragment:
    """It is text, never HTML."""

    text: str = column("The text.")
    is_match: bool = column("Whether a word of the query stands here.")


@value_type(description="An excerpt of a field of an object that was found.", policy=with_parent)
class SearchMatch:
    """Where words stand."""

    field: str = column(
        "The field: `title`, for example; of a resume's entries `company`, `jobPosition`, `jobDescription`, `school`,"
        " `major` and `degree`."
    )
    fragments: list[TextFragment] = column("The excerpt; its texts follow each other.", at_most=MAX_FRAGMENTS)


@value_type(description="An object that `search` found.", policy=with_parent)
class SearchResult:
    """A hit."""

    kind: SearchKind = column("The kind.")

    @resolved("The object; null if it was deleted meanwhile.")
    async def node(self, info: Info) -> Node | None:
        """As `node` finds it."""
        found = NODE_TYPES[_TYPES[self.kind]]
        row = await info.context.load(found.by_id, cast("Any", self).id)
        return None if row is None else from_row(found.type, row)

    @resolved("Where the words stand in it.", at_most=MAX_MATCHES)
    async def matches(self, info: Info) -> list[SearchMatch]:
        """Out of its texts."""
        hit: Any = self
        texts = await info.context.load(matches.TEXTS[hit.kind], hit.id)
        return [
            SearchMatch(
                field=to_camel_case(match.field),
                fragments=[TextFragment(text=each.text, is_match=each.is_match) for each in match.fragments],
            )
            for match in matches.matches_of(texts, hit.words)
        ]


@root_type
class SearchQuery:
    """Queries."""

    @paged(
        "Objects in which all words of a query stand, kind by kind in the order of `SearchKind`; the `totalCount` is"
        f" counted up to {MAX_COUNTED}. The newest of each kind first",
        policy=public,
    )
    async def search(
        self,
        info: Info,
        query: Annotated[
            str,
            strawberry.argument(
                description=f"At most {MAX_WORDS} words and {MAX_QUERY} characters. Chinese words are found anywhere in"
                " a text, others as whole words; case and width make no difference."
            ),
        ],
        kinds: Annotated[
            list[SearchKind] | None,
            strawberry.argument(description="What to search; all that the caller may, if omitted."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[SearchResult] | None:
        """A page of results."""
        scope = info.context.scope
        words = finding.words_of(query)
        searched = finding.kinds_for(scope, kinds)
        request = page_request(info.context, first, after, order_by=Ranking.SEARCH)
        page = await finding.page(scope, words, searched, request)
        connection = ConnectionValue(
            page, lambda hit: from_row(SearchResult, hit), lambda: finding.count(scope, words, searched)
        )
        return cast("Connection[SearchResult]", connection)
