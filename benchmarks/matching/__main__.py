"""`python -m benchmarks.matching quality|real|speed`: what the matching engine finds, and how fast."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
from rich.console import Console

from benchmarks.matching import parts, quality, real, speed
from benchmarks.matching.graded import FEEDS, HELD_OUT_SEEDS, RESUMES, TUNING_SEEDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, and print it."""
    options = _options().parse_args(arguments)
    console = Console(width=max(140, Console().width))
    if options.what == "speed":
        _keep(options.json, parts.how_fast(console, options.sizes, options.feeds, engine_alone=options.engine))
        return 0
    if options.what == "real":
        _keep(options.json, _real(console, options))
        return 0
    size = quality.Size(options.feeds, options.resumes)
    if options.faults is not None:
        # What goes wrong is there to learn from: only with the seeds that may be learnt from.
        quality.report_faults(console, TUNING_SEEDS, size, options.faults)
        return 0
    values = quality.report(console, TUNING_SEEDS if options.tuning else HELD_OUT_SEEDS, size)
    _keep(options.json, quality.summary(values))
    return 0


def _real(console: Console, options: argparse.Namespace) -> object:
    return real.report(console, options.folder, tuning=options.tuning, feeds=options.feeds, semantic=options.semantic)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.matching", description="The matching engine; see docs/benchmarks.md."
    )
    commands = parser.add_subparsers(dest="what", required=True)
    good = commands.add_parser("quality", help="against simple rankings, on synthetic data with known grades")
    good.add_argument("--feeds", type=int, default=FEEDS, help="of each set")
    good.add_argument("--resumes", type=int, default=RESUMES, help="of each set")
    seeds = good.add_mutually_exclusive_group()
    seeds.add_argument("--tuning", action="store_true", help="the seeds that may be tuned on, not those held out")
    seeds.add_argument(
        "--faults",
        nargs="?",
        const="",
        metavar="KIND",
        help="what goes wrong with the tuning seeds; pairs of this kind",
    )
    fast = commands.add_parser("speed", help="and memory, as the number of resumes grows")
    fast.add_argument("--sizes", type=int, nargs="+", default=list(speed.SIZES), help="numbers of resumes")
    fast.add_argument("--feeds", type=int, default=speed.FEEDS)
    fast.add_argument("--engine", action="store_true", help="the engine alone, without the database")
    real_texts = commands.add_parser("real", help="against plain BM25, on real postings of a folder")
    real_texts.add_argument("folder", type=Path, help=f"the folder of {real.POSTINGS}")
    real_texts.add_argument("--tuning", action="store_true", help="the half that may be tuned on, not the other")
    real_texts.add_argument("--feeds", type=int, default=real.FEEDS)
    real_texts.add_argument("--semantic", action="store_true", help="also with the model of sentences")
    for command in (good, real_texts, fast):
        command.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser


def _keep(path: Path | None, figures: object) -> None:
    if path:
        path.write_bytes(orjson.dumps(figures))


if __name__ == "__main__":
    sys.exit(main())
