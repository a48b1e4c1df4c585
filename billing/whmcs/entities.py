"""Decodes the HTML entities in WHMCS's texts."""

import html
import re

# No character has so many digits, and Python refuses to convert numbers of several thousand digits.
_ENDLESS = re.compile(r"&#[0-9]{600,};?")
# Stands for an invalid character. `html.unescape` also turns `&#0;` into it.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def unescape(text: str) -> str:
    """Decode the entities once. Never raises."""
    return html.unescape(_ENDLESS.sub(REPLACEMENT, text))
