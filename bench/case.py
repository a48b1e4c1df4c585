"""One case in a process of its own: `python -m bench.case NAME '{"services": 20000}'` prints its figures as JSON."""

import json
import os
import subprocess
import sys
import tempfile

import django
from cryptography.fernet import Fernet


def run_case(name: str, database_url: str, server: str, redis_url: str = "", /, **options: int) -> dict[str, float]:
    """Run a case of `bench.cases` in a fresh process and return its figures."""
    with tempfile.TemporaryDirectory(prefix="ticketz-bench-") as folder:
        command = [sys.executable, "-m", "bench.case", name, json.dumps({"server": server, **options})]
        environment = environment_of(database_url, folder, redis_url)
        process = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(process.stdout)
    return figures


def environment_of(database_url: str, folder: str, redis_url: str = "") -> dict[str, str]:
    """The environment of a process of ours on this database, with its files in `folder`."""
    return os.environ | {
        "DATABASE_URL": database_url, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "ticketz.settings", "DEBUG": "0",
        "LOG_LEVEL": "WARNING", "SECRET_KEY": "only-for-benchmarks" + "x" * 40, "WHMCS_TRUSTED_HOSTS": "127.0.0.1",
        "FIELD_ENCRYPTION_KEYS": _KEY, "REDIS_URL": redis_url,
    }  # fmt: skip


def main() -> None:
    """Run the case that the command line names."""
    django.setup()
    from bench.cases import CASES
    from ticketz.memory import spare_what_is_loaded

    spare_what_is_loaded()  # as a worker does
    print(json.dumps(CASES[sys.argv[1]](**json.loads(sys.argv[2]))))


_KEY = Fernet.generate_key().decode()

if __name__ == "__main__":
    main()
