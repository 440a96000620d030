"""Documents of clients: parsed and validated in slices, and kept in less memory than graphql-core's."""

from typing import Any

from graphql import (
    ASTValidationRule,
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
from graphql.language.parser import Parser

from schema.pacing import breathe

MAX_ERRORS = 10
"""The errors that validation tells; each may take a search for what was meant."""
_UNITS_PER_NODE = 4
_NO_TOKEN = Token(TokenKind.SOF, 0, 0, 0, 0)


class _SlicedParser(Parser):
    """Pauses now and then, and lets go of the tokens, which take 15 times the memory of what is made of them."""

    def advance_lexer(self) -> None:
        """Go on to the next token."""
        breathe()
        super().advance_lexer()

    def loc(self, start_token: Token) -> Location | None:
        """Where a node stands: its position, for errors, is all that is asked for later."""
        location = super().loc(start_token)
        if location is not None:
            location.start_token = location.end_token = _NO_TOKEN
        return location


class _Pauses(ASTValidationRule):
    """No rule, but what pauses between the nodes that the rules look at."""

    def enter(self, *_node: Any) -> None:
        """Pause, if it is time."""
        breathe(_UNITS_PER_NODE)


_RULES = (
    tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule),
    # Fragments that nobody spreads, or in circles, were not counted among its comparisons.
    (OverlappingFieldsCanBeMergedRule,),
)


def parsed(text: str, max_tokens: int) -> DocumentNode:
    """The document. Raises GraphQLSyntaxError."""
    return _SlicedParser(text, max_tokens=max_tokens).parse_document()


def faults(schema: GraphQLSchema, document: DocumentNode, *, hide_suggestions: bool) -> list[GraphQLError]:
    """What keeps a document, which is within the limits, from being run."""
    for rules in _RULES:
        errors = validate(schema, document, (_Pauses, *rules), max_errors=MAX_ERRORS, hide_suggestions=hide_suggestions)
        if errors:
            return errors
    return []
