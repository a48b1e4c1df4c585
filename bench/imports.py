"""`python -m bench.imports`: one first import of any size, next to hashing alone, and what it said about its end.

On SQLite, and on PostgreSQL where `BENCH_DATABASE_URL` names a server.
"""

import argparse

from bench.__main__ import databases
from bench.case import run_case
from bench.server import running_server


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--wait-ms", type=int, default=150, help="for the details of a client")
    parser.add_argument("--page-ms", type=int, default=150, help="for a page, and 1 ms more for each of its rows")
    options = parser.parse_args()
    for name, make_database in databases():
        with running_server() as server, make_database() as url:
            print(f"{name}: {options.customers:,} customers", flush=True)
            _print(run_case("watched_import", url, server, **vars(options)))


def _print(figures: dict[str, float]) -> None:
    for kind in ("wall", "cpu"):
        hashing, whole = figures[f"hashing_{kind}"], figures[f"import_{kind}"]
        print(f"  {kind}: hashing alone {hashing:.1f} s, import {whole:.1f} s: {hashing / whole:.0%}")
    print(f"  memory above hashing alone, at most: {figures['growth_mib']:.1f} MiB")
    for share in sorted(int(name.removeprefix("left_at_")) for name in figures if name.startswith("left_at_")):
        left, took = figures[f"left_at_{share}"], figures[f"took_after_{share}"]
        print(f"  at {share} % it said {left:.0f} s more, and took {took:.0f} s")


if __name__ == "__main__":
    main()
