"""Measures the engine against the baselines and prints the tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.pretty import Pretty
from rich.table import Table

from benchmarks.matching import ours
from benchmarks.matching.baselines import Scores, bm25, keyword_count, recency, shuffled
from benchmarks.matching.errors import Faults, find_faults
from benchmarks.matching.graded import FEEDS, RELEVANT, RESUMES, GradedSet, graded_set
from benchmarks.matching.metrics import Estimate, auc, estimate, ndcg, recall
from benchmarks.matching.models import LATENT_MODELS
from benchmarks.matching.search_engine import search_engines
from resolvers.matching.documents import Component, Match

OURS = "Careergraph"
BM25 = "plain BM25"
BASELINES: Mapping[str, Callable[[GradedSet], Scores]] = {
    BM25: bm25,
    **search_engines(),
    "keyword count": keyword_count,
    "recency": recency,
    "random": shuffled,
}
WORDS = "words alone"
ABLATIONS = {f"without {component}": frozenset({component}) for component in Component} | {WORDS: ours.NOT_WORDS}
METRICS = ("nDCG@10", "Recall@50", "AUC")
EVERY = "all"
EXAMPLES = 2

Values = dict[tuple[str, str, str], list[float]]
"""By model, method and metric: one value for each feed."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large each set is."""

    feeds: int = FEEDS
    resumes: int = RESUMES


def sets(seeds: Sequence[str], size: Size) -> Sequence[tuple[str, GradedSet]]:
    """The name of the latent model and the set, for each model and seed."""
    return [
        (model.name, graded_set(model, seed, size.feeds, size.resumes)) for model in LATENT_MODELS for seed in seeds
    ]


def measure(seeds: Sequence[str], size: Size) -> Values:
    """The metrics of every method on every feed."""
    values: Values = {}
    for model, graded in sets(seeds, size):
        found = ours.matches(graded)
        methods = {OURS: ours.whole(graded, found)}
        methods |= {name: rank(graded) for name, rank in BASELINES.items()}
        methods |= {name: ours.without(graded, found, left_out) for name, left_out in ABLATIONS.items()}
        for method, scores in methods.items():
            for metric, each in evaluate(graded, scores).items():
                for part in (model, EVERY):
                    values.setdefault((part, method, metric), []).extend(each)
    return values


def evaluate(graded: GradedSet, scores: Scores) -> dict[str, list[float]]:
    """Each metric for each feed."""
    relevant = [[grade >= RELEVANT for grade in grades] for grades in graded.grades]
    return {
        "nDCG@10": [ndcg(row, grades) for row, grades in zip(scores, graded.grades, strict=True)],
        "Recall@50": [recall(row, hits) for row, hits in zip(scores, relevant, strict=True)],
        "AUC": [auc(row, hits) for row, hits in zip(scores, relevant, strict=True)],
    }


def report(console: Console, seeds: Sequence[str], size: Size) -> Values:
    """Measure, and print the comparison and the ablation."""
    values = measure(seeds, size)
    console.print(f"{size.feeds} feeds and {size.resumes} resumes for each latent model and seed: {', '.join(seeds)}")
    console.print(_comparison(values))
    console.print(_ablation(values))
    console.print(
        f"{WORDS}: title, skills and text, which is what plain BM25 sees; ahead of it by"
        f" {cell(difference(values, EVERY, WORDS, BM25, 'nDCG@10'))} nDCG@10."
    )
    console.print("Brackets: 95 % bootstrap intervals over feeds, paired for differences. In points of 100.")
    return values


def _comparison(values: Values) -> Table:
    table = Table(title="The matching engine against simple rankings, on synthetic data")
    table.add_column("latent model")
    table.add_column("ranking")
    for metric in (*METRICS, f"{OURS} ahead, nDCG@10"):
        table.add_column(metric, justify="right")
    for part in (*(model.name for model in LATENT_MODELS), EVERY):
        for method in (OURS, *BASELINES):
            cells = [cell(estimate(values[part, method, metric])) for metric in METRICS]
            ahead = "" if method == OURS else cell(difference(values, part, OURS, method, "nDCG@10"))
            table.add_row(part if method == OURS else "", method, *cells, ahead, end_section=method == "random")
    return table


def _ablation(values: Values) -> Table:
    table = Table(title="What each component is worth, all latent models")
    table.add_column("score")
    for metric in METRICS:
        table.add_column(f"{metric} lost", justify="right")
    for method in ABLATIONS:
        lost = (difference(values, EVERY, OURS, method, metric) for metric in METRICS)
        table.add_row(method, *map(cell, lost))
    return table


def difference(values: Values, part: str, one: str, other: str, metric: str) -> Estimate:
    """How far one method is ahead of another, feed by feed."""
    pairs = zip(values[part, one, metric], values[part, other, metric], strict=True)
    return estimate([mine - theirs for mine, theirs in pairs])


def summary(values: Values) -> list[dict[str, object]]:
    """Every estimate of the report, as data."""
    return [
        {"model": part, "ranking": method, "metric": metric, **asdict(estimate(each))}
        for (part, method, metric), each in values.items()
    ]


def cell(found: Estimate) -> str:
    """An estimate with its interval, in points of 100."""
    return f"{100 * found.mean:.1f} \\[{100 * found.low:.1f}, {100 * found.high:.1f}]"


def report_faults(console: Console, seeds: Sequence[str], size: Size, examples: str | None) -> None:
    """Print what kinds of pairs the engine and BM25 get wrong; with a kind as `examples`, some of its pairs."""
    mine, theirs = Faults(), Faults()
    found: dict[str, Sequence[Sequence[Match]]] = {}
    for _model, graded in sets(seeds, size):
        found[graded.name] = ours.matches(graded)
        find_faults(graded, ours.whole(graded, found[graded.name]), mine)
        find_faults(graded, bm25(graded), theirs)
    console.print(_faults("Grade 0, but among the first ten and before grade 2 or 3", mine.high, theirs.high, None))
    console.print(_faults("Grade 2 or 3, but too far behind", mine.missed, theirs.missed, mine.relevant))
    for graded, feed, resume in mine.examples.get(examples or "", [])[:EXAMPLES]:
        matched = next((match for match in found[graded.name][feed] if match.resume_id == resume + 1), None)
        latent = (graded.world.vacancies[feed], graded.world.people[resume])
        for part in (graded.grades[feed][resume], *latent, graded.feeds[feed], graded.resumes[resume], matched):
            console.print(Pretty(part))


def _faults(title: str, mine: Mapping[str, int], theirs: Mapping[str, int], of: Mapping[str, int] | None) -> Table:
    table = Table(title=title)
    table.add_column("kind (a pair may have several)")
    for heading in (OURS, BM25, *(["of"] if of is not None else [])):
        table.add_column(heading, justify="right")
    kinds = sorted({*mine, *theirs}, key=lambda kind: (kind.startswith("+"), -mine.get(kind, 0)))
    for kind in kinds:
        counts = [mine.get(kind, 0), theirs.get(kind, 0), *([of.get(kind, 0)] if of is not None else [])]
        table.add_row(kind, *map(str, counts))
    return table
