"""`python -m bench.lists`: how the lists of the administration open with few companies and with many.

On SQLite, and on PostgreSQL where `BENCH_DATABASE_URL` names a server. Times are ratios: many against few.
"""

import argparse

from bench.__main__ import databases
from bench.case import run_case
from bench.goals import table
from bench.views import VIEWS


def main() -> None:
    """Open each list with both numbers of companies, and print queries and ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description=__doc__)
    parser.add_argument("--few", type=int, default=2_000)
    parser.add_argument("--many", type=int, default=100_000)
    options = parser.parse_args()
    for name, make_database in databases():
        measured = []
        for companies in (options.few, options.many):
            with make_database() as url:
                measured.append(run_case("lists", url, "", companies=companies))
        few, many = measured
        rows = [("", "queries", "ms with few", "ms with many", "ratio")]
        rows += [_row(view, few, many) for view in VIEWS]
        print(f"{name}, {options.few:,} and {options.many:,} companies:\n\n{table(rows)}\n", flush=True)


def _row(view: str, few: dict[str, float], many: dict[str, float]) -> tuple[str, str, str, str, str]:
    before, after = few[f"{view} wall"], many[f"{view} wall"]
    queries = f"{few[f'{view} queries']:.0f}, {many[f'{view} queries']:.0f}"
    return view or "the start page", queries, f"{before * 1000:.0f}", f"{after * 1000:.0f}", f"{after / before:.1f}"


if __name__ == "__main__":
    main()
