"""The floors of the house: who may import whom. The contracts themselves stand in `pyproject.toml`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_imports_go_one_way_and_what_decides_is_plain_python() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    lint = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert lint.returncode == 0, lint.stdout + lint.stderr
