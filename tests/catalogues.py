"""Reads catalogues of translations, for tests."""

import ast
import re
from pathlib import Path
from string import Formatter
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_PRINTF = re.compile(r"%\((\w+)\)[sd]")


class Message(NamedTuple):
    """One entry of a catalogue; `texts` are its translations, one for each plural form."""

    context: str
    source: str
    plural: str
    texts: tuple[str, ...]
    is_fuzzy: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.source


def catalogue_of(locale: str) -> Path:
    """Where the translations into a language are written."""
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path) -> list[Message]:
    """The messages of a .po file, without its header."""
    blocks = path.read_text("utf-8").strip().split("\n\n")
    return [message for message in map(_read_message, blocks) if message.source]


def placeholders(text: str) -> set[str]:
    """The names in a text that values are put in for, in the form `%(name)s` or else `{name}`."""
    return set(_PRINTF.findall(text)) or {name for _, name, _, _ in Formatter().parse(text) if name}


def _read_message(block: str) -> Message:
    found: dict[str, str] = {}
    name = ""
    comments = [line for line in block.splitlines() if line.startswith("#")]
    for line in block.splitlines()[len(comments) :]:
        text = line
        if not line.startswith('"'):
            name, _, text = line.partition(" ")
        found[name] = found.get(name, "") + ast.literal_eval(text)
    texts = tuple(text for name, text in found.items() if name.startswith("msgstr"))
    is_fuzzy = any("fuzzy" in line for line in comments)
    return Message(found.get("msgctxt", ""), found["msgid"], found.get("msgid_plural", ""), texts, is_fuzzy)
