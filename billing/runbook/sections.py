"""The sections of the runbook, by the anchors that they have in the file."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"
_SECTION = re.compile(r"^### (\w+)\n+(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


@cache
def load_text() -> str:
    """All of it; nothing where somebody installed Ticketz without its documents."""
    try:
        return FILE.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


@cache
def load_sections() -> dict[str, tuple[str, str]]:
    """Title and text of each section about an alert, or about a kind of what needs attention."""
    return {title.lower(): (title, text) for title, text in _SECTION.findall(load_text())}
