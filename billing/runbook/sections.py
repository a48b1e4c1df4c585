"""The runbook in each language, and its sections by their anchors, which are the same in all languages."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import get_language, to_locale

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "runbook"
ENGLISH = "en"
_SECTION = re.compile(r"^### (\w+)\n+(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


class Written(NamedTuple):
    """The runbook or a section of it, and its language."""

    title: str
    text: str
    language: str


def load_whole() -> Written | None:
    """The whole runbook in the active language; None if the documents are not installed."""
    return _whole_in(get_language() or ENGLISH) or _whole_in(ENGLISH)


def load_section(anchor: str) -> Written | None:
    """A section about an alert or a kind of attention item, in English if it is not translated."""
    return _sections_in(get_language() or ENGLISH).get(anchor) or _sections_in(ENGLISH).get(anchor)


@cache
def _whole_in(language: str) -> Written | None:
    """Title and text, without the line between them, which links to the other languages."""
    file = FOLDER / to_locale(language).replace("_", "-") / "README.md"
    try:
        title, _languages, text = file.read_text(encoding="utf-8").split("\n\n", 2)
    except FileNotFoundError:
        return None
    return Written(title.removeprefix("# "), text, language)


@cache
def _sections_in(language: str) -> dict[str, Written]:
    whole = _whole_in(language)
    found = _SECTION.findall(whole.text) if whole else []
    return {title.lower(): Written(title, text, language) for title, text in found}
