"""`python -m bench.doors`: how long each door takes for people of each kind, in times of an address that nobody has.

With real password hashes and real commits, as "CPU / wall". Next to 1.00 nothing can be told; "nobody, once more" says
how near to it this machine can measure just now. On PostgreSQL, too, where `BENCH_DATABASE_URL` names a server.
"""

import argparse

from bench.__main__ import databases
from bench.case import run_case


def main() -> None:
    """Measure and print one table for each database."""
    parser = argparse.ArgumentParser(prog="python -m bench.doors", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="how many turns the medians are taken of")
    rounds = parser.parse_args().rounds
    for name, make_database in databases():
        with make_database() as url:
            figures = run_case("doors", url, "", rounds=rounds)
        print(f"{name}, medians of {rounds}:")
        for what in sorted(name.removeprefix("cpu ") for name in figures if name.startswith("cpu ")):
            print(f"  {figures[f'cpu {what}']:5.2f} / {figures[f'wall {what}']:5.2f}  {what}")


if __name__ == "__main__":
    main()
