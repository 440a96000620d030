"""Parsing and validation of clients' documents, in a form that takes less memory than graphql-core's."""

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Location,
    OverlappingFieldsCanBeMergedRule,
    Token,
    TokenKind,
    specified_rules,
    validate,
)
from graphql.language.parser import Parser, nested_too_deeply_error

MAX_ERRORS = 10
"""The errors that validation tells; each may take a search for what was meant."""
BYTES_OF_TOKEN = 450
"""What a token of a document takes, in the form that runs; measured by a test."""
BYTES_OF_DOCUMENT = 5000
_RULES = (
    tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule),
    # Fragments that nobody spreads, or in circles, were not counted among its comparisons.
    (OverlappingFieldsCanBeMergedRule,),
)
_NO_TOKEN = Token(TokenKind.SOF, 0, 0, 0, 0)


class _LightParser(Parser):
    """Lets go of the tokens, which take more memory than what is made of them."""

    def loc(self, start_token: Token) -> Location | None:
        """Where a node stands: its position, for errors, is all that is asked for later."""
        location = super().loc(start_token)
        if location is not None:
            location.start_token = location.end_token = _NO_TOKEN
        return location


def parsed(text: str, max_tokens: int) -> tuple[DocumentNode, int]:
    """The document, and how many tokens it has. Raises GraphQLSyntaxError."""
    parser = _LightParser(text, max_tokens=max_tokens)
    try:
        return parser.parse_document(), parser.token_count
    except RecursionError:
        pass  # told outside, so that the error does not keep the frames of the recursion
    raise nested_too_deeply_error(parser)


def faults(schema: GraphQLSchema, document: DocumentNode, *, hide_suggestions: bool) -> list[GraphQLError]:
    """What keeps a document, which is within the limits, from being run."""
    for rules in _RULES:
        errors = validate(schema, document, rules, max_errors=MAX_ERRORS, hide_suggestions=hide_suggestions)
        if errors:
            return errors
    return []
