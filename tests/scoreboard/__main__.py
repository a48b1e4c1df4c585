"""`make faults`, or `python -m tests.scoreboard [NUMBER ...]`: measure, print the table, write docs/faults.md.

With numbers only those scenarios are played and nothing is written. `TEST_DATABASE_URL` and `TEST_REDIS_URL` choose
the services as they do for the tests.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

if __name__ == "__main__":
    django.setup()
    from tests.scoreboard.measure import main

    sys.exit(main(sys.argv[1:]))
