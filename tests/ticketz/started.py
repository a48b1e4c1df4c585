"""Python in the project, started with a configuration that is good but for what a test says."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DEBUG": "0",
    "SECRET_KEY": "s" * 60,
    "FIELD_ENCRYPTION_KEYS": "3Xo1xZ4NrXw5S7mOZ2P9XqB0v0m4d3yH8dK0aJm1b2E=",
    "ALLOWED_HOSTS": "tickets.example.com",
    "SITE_URL": "http://tickets.example.com",
    "DATABASE_URL": "sqlite://:memory:",
    "REDIS_URL": "",
    "EMAIL_URL": "",
}


def start(folder: Path, command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with a good configuration, but for `changes`."""
    system = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**system, **GOOD, "VAR_DIR": str(folder), **changes}
    command = [sys.executable, *command]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
