"""What `status_report --json` says."""

import json
from typing import Any

from tests.companies.factories import run_command


def status() -> tuple[int, dict[str, Any]]:
    """Its exit status, and what it prints."""
    code, printed = run_command("status_report", "--json")
    return code, json.loads(printed)


def status_said() -> tuple[int, str]:
    """Its exit status, and its sentences in one."""
    code, printed = status()
    return code, " ".join(printed["sentences"])
