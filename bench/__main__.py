"""`python -m bench`: measure everything, print the figures, write them as JSON, and with `--write` as documentation."""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from bench.databases import postgresql_database, sqlite_database
from bench.document import document, machine, seconds_table
from bench.goals import as_figures, as_table
from bench.server import running_server
from bench.suite import MakeDatabase, Sizes, compare, measure


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where `BENCH_DATABASE_URL` names a server."""
    options = _parse_arguments()
    quick = Sizes(small=2_000, large=10_000, naive=200, customers=100, rounds=3, few_rounds=1)
    sizes = quick if options.quick else Sizes()
    sections: dict[str, str] = {}
    figures: dict[str, object] = {}
    for name, make_database in databases():
        print(f"{name}:", flush=True)
        with running_server() as server:
            measured = measure(make_database, server, sizes)
        goals = compare(measured, sizes, is_sqlite=name == "SQLite")
        sections[name] = f"{as_table(goals)}\n\n{seconds_table(measured, sizes)}"
        figures[name] = {"goals": [as_figures(goal) for goal in goals], "cases": asdict(measured)}
        print(f"\n{sections[name]}\n", flush=True)
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"sizes": asdict(sizes), **machine(), "databases": figures}, indent=1))
        if options.write:
            options.write.write_text(document(sections, sizes, options.remark))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: shows that all of it runs, no more")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the figures to this Markdown file")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", default=Path("var/bench.json"), help="default: var/bench.json"
    )
    parser.add_argument("--remark", default="", help="a sentence for that file, such as one about the machine")
    return parser.parse_args()


def databases() -> Iterator[tuple[str, MakeDatabase]]:
    """SQLite, and PostgreSQL where there is a server, each by its name."""
    yield "SQLite", sqlite_database
    if url := os.environ.get("BENCH_DATABASE_URL"):
        yield "PostgreSQL", partial(postgresql_database, url)


if __name__ == "__main__":
    main()
