"""The floors of the house: who may import whom. The contracts themselves stand in `pyproject.toml`."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_imports_go_one_way_and_what_decides_is_plain_python() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    lint = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_no_test_is_imported_by_another() -> None:
    """What several of them use lies in a module of its own: it is found, and collected once."""
    importing = re.compile(r"^(?:from|import) tests\.(?:\w+\.)*test_\w+", re.MULTILINE)
    assert [str(file) for file in (ROOT / "tests").rglob("*.py") if importing.search(file.read_text())] == []


def test_what_decides_can_be_imported_without_django() -> None:
    """Through the packages that it lies in as well, at which import-linter does not look."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = next(contract for contract in contracts if contract["name"] == "What decides is plain Python")
    forbidden = set(pure["forbidden_modules"]) - {"time"}  # Python's own modules use it themselves
    code = f"import sys, {', '.join(pure['source_modules'])}; sys.exit(' '.join({forbidden!r} & set(sys.modules)) or 0)"
    plain = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
