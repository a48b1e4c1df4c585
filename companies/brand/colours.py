"""Makes readable colours from the operator's colour. Plain Python, by the formulas of WCAG 2.2."""

import re
from dataclasses import dataclass

WHITE, INK = "#ffffff", "#12151c"
READABLE, VISIBLE = 4.5, 3.0
STEPS = 20
HOVER = 0.12


@dataclass(frozen=True, slots=True)
class Theme:
    """The backgrounds of a theme, and the colour `away` that is mixed in until a text is readable on them."""

    page: str
    card: str
    away: str


# The same as in static/ticketz.css.
LIGHT = Theme(page="#f6f7fa", card="#ffffff", away="#000000")
DARK = Theme(page="#12151c", card="#191e29", away="#ffffff")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme: `fill` with `text` on it, its `border`, and `link` for words on the page."""

    fill: str
    text: str
    border: str
    link: str
    fill_hover: str
    link_hover: str


def is_colour(text: str) -> bool:
    """Whether it is a hex colour such as #3457d5, and so safe to write into a style sheet."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 (the same) to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """White or dark text, whichever is easier to read."""
    return max(WHITE, INK, key=lambda text: contrast(text, colour))


def is_readable(colour: str) -> bool:
    """Whether text on this colour can be read."""
    return contrast(text_on(colour), colour) >= READABLE


def decide_palette(colour: str, theme: Theme) -> Palette:
    """Buttons get exactly the colour. Links get it darker or lighter, until they are readable."""
    text, link = text_on(colour), _readable_link(colour, theme)
    return Palette(
        fill=colour,
        text=text,
        border=colour if contrast(colour, theme.card) >= VISIBLE else link,
        link=link,
        # Away from the colour of the text, so that the text stays readable.
        fill_hover=mix(colour, WHITE if text == INK else "#000000", HOVER),
        link_hover=mix(link, theme.away, HOVER),
    )


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with this share of `other` mixed in."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _readable_link(colour: str, theme: Theme) -> str:
    tried = (mix(colour, theme.away, step / STEPS) for step in range(STEPS + 1))
    return next(c for c in tried if min(contrast(c, theme.page), contrast(c, theme.card)) >= READABLE)


def _parts(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    shares = (part / 255 for part in _parts(colour))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
