"""`python -m bench`: measure everything, print the figures, and with `--write` put them into the documentation."""

import argparse
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.databases import postgresql_database, sqlite_database
from bench.document import document, seconds_table
from bench.goals import as_table
from bench.server import running_server
from bench.suite import MakeDatabase, Measured, Sizes, compare, measure


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where `BENCH_DATABASE_URL` names a server."""
    options = _parse_arguments()
    sizes = Sizes(small=2_000, large=10_000, naive=200, customers=100, rounds=3) if options.quick else Sizes()
    sections: dict[str, str] = {}
    for name, make_database in databases():
        print(f"{name}:", flush=True)
        with running_server() as server:
            measured = measure(make_database, server, sizes)
        sections[name] = _section(measured, sizes, is_sqlite=name == "SQLite")
        print(f"\n{sections[name]}\n", flush=True)
        if options.write:
            options.write.write_text(document(sections, sizes))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: shows that all of it runs, no more")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the figures to this Markdown file")
    return parser.parse_args()


def databases() -> Iterator[tuple[str, MakeDatabase]]:
    """SQLite, and PostgreSQL where there is a server, each by its name."""
    yield "SQLite", sqlite_database
    if url := os.environ.get("BENCH_DATABASE_URL"):
        yield "PostgreSQL", partial(postgresql_database, url)


def _section(measured: Measured, sizes: Sizes, *, is_sqlite: bool) -> str:
    return f"{as_table(compare(measured, sizes, is_sqlite=is_sqlite))}\n\n{seconds_table(measured, sizes)}"


if __name__ == "__main__":
    main()
