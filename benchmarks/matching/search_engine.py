"""A search engine as another ranking to compare with: Tantivy, as a product would use it that has no matching.

It is an optional dependency of the benchmarks (`make bench` installs it); without it the tables have no such line.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from benchmarks.matching.baselines import Scores, query_text, resume_text, segmented
from benchmarks.matching.graded import TextSet
from resolvers.matching.documents import ResumeDocument

TANTIVY = "tantivy"


def search_engines() -> Mapping[str, Callable[[TextSet], Scores]]:
    """The search engines that are installed, by their names."""
    return {TANTIVY: tantivy} if find_spec("tantivy") else {}


def tantivy(graded: TextSet) -> Scores:
    """Its own BM25 over two fields, titles and everything, with the words of the other rankings."""
    from tantivy import Document, Index, Occur, Query, SchemaBuilder

    builder = SchemaBuilder()
    builder.add_unsigned_field("number", stored=True)
    for field in ("titles", "everything"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = Index(schema)
    writer = index.writer(num_threads=1)
    for number, resume in enumerate(graded.resumes):
        words = {"titles": _joined(_titles(resume)), "everything": _joined(resume_text(resume))}
        writer.add_document(Document(number=number, **words))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    scores = []
    for feed in graded.feeds:
        asked = Counter(segmented(query_text(feed)))
        clauses = [
            (Occur.Should, Query.boost_query(Query.term_query(schema, field, word, "freq"), float(times)))
            for word, times in asked.items()
            for field in ("titles", "everything")
        ]
        row = [0.0] * len(graded.resumes)
        for score, address in searcher.search(Query.boolean_query(clauses), len(row)).hits:
            (number,) = searcher.doc(address)["number"]
            row[number] = score
        scores.append(row)
    return scores


def _titles(resume: ResumeDocument) -> str:
    return "\n".join((resume.position, *(job.position for job in resume.jobs)))


def _joined(text: str) -> str:
    return " ".join(segmented(text))
