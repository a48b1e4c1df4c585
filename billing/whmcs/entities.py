"""The HTML entities in what WHMCS sends."""

import html
import re

# No character has a number of so many digits, and Python refuses to read one of some thousands.
_ENDLESS = re.compile(r"&#[0-9]{600,};?")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def unescape(text: str) -> str:
    """A text with its entities decoded once; never raises."""
    return html.unescape(_ENDLESS.sub(_REPLACEMENT, text))
