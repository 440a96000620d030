"""How an operation speaks to whoever asked for it: in which language, and by which names it calls fields."""

from strawberry.utils.str_converters import to_camel_case

from models.errors import DomainError
from models.language import Language as Language
from models.language import Message as Message
from models.language import chinese_texts as chinese_texts
from models.language import negotiated as negotiated


class Wording:
    """The messages of the graph, which calls fields as its schema does.

    `is_heard` says whether anything was said, so that the reply has a language.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.is_heard = False

    def of(self, error: DomainError) -> str:
        """What an error says."""
        return self.said(error.message, within=(error.field or "").rpartition(".")[0])

    def said(self, message: Message, *, within: str = "") -> str:
        """A message; the fields that it names lie in the field `within`, whose names have dots between them."""
        self.is_heard = True
        return message.said(self.language, lambda name: self.name(within, name))

    def name(self, within: str, name: str) -> str:
        """What a field is called, whose name in Python lies in `within`."""
        return to_camel_case(name)
