"""`make nemesis`, or `python -m tests.nemesis [MINUTES]`: the play of test_nemesis.py, for longer, with its figures.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` choose the services, `NEMESIS_REDIS_URL` a Redis number that may be emptied.
"""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter

import pytest

if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m tests.nemesis", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", metavar="MINUTES", nargs="?", type=float, default=10.0)
    os.environ["NEMESIS_SECONDS"] = str(parser.parse_args().minutes * 60)
    os.environ.setdefault("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/ticketz_nemesis")
    os.environ.setdefault("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    sys.exit(pytest.main(["tests/nemesis", "-q", "-s", "-p", "no:cacheprovider"]))
