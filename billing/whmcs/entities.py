"""The HTML entities in what WHMCS sends."""

import html
import re

# No character has a number of so many digits, and Python refuses to read one of some thousands.
_ENDLESS = re.compile(r"&#[0-9]{600,};?")
# What is shown for a character that is none; `html.unescape` makes it of `&#0;` too.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def unescape(text: str) -> str:
    """A text with its entities decoded once; never raises."""
    return html.unescape(_ENDLESS.sub(REPLACEMENT, text))
