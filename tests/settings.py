"""Settings of the test run: the product's own, with an environment that the tests choose."""

import os
import tempfile

os.environ["DEBUG"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["FIELD_ENCRYPTION_KEYS"] = "3Xo1xZ4NrXw5S7mOZ2P9XqB0v0m4d3yH8dK0aJm1b2E="
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["WHMCS_TRUSTED_HOSTS"] = "127.0.0.1,localhost"
os.environ["VAR_DIR"] = os.environ.get("TEST_VAR_DIR") or tempfile.mkdtemp(prefix="ticketz-tests-")
for unset in ("DATABASE_URL", "REDIS_URL"):
    if not os.environ[unset]:
        del os.environ[unset]

from ticketz.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Threads and processes of one test must see one database, so SQLite's is a file as in production.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405
