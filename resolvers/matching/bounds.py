"""How much an explanation says; apart from the engine, whose lexicon takes a while to load."""

MAX_EVIDENCE = 8
MAX_EVIDENCE_LENGTH = 48
MAX_KEYWORDS = 15
MAX_HINTS = 8
