"""The style sheet for the operator's colour. Plain Python. A file of its own, because the CSP forbids inline styles."""

from companies.brand.colours import DARK, LIGHT, Palette, decide_palette


def stylesheet(colour: str) -> str:
    """Overrides the accent variables of `static/ticketz.css` with this colour."""
    light, dark = _rules(decide_palette(colour, LIGHT)), _rules(decide_palette(colour, DARK))
    return (
        f':root:not([data-theme="dark"]) {{{light}}}\n'
        f'@media (prefers-color-scheme: dark) {{\n:root:not([data-theme="light"]) {{{dark}}}\n}}\n'
    )


def _rules(palette: Palette) -> str:
    values = {
        "accent": palette.link,
        "pico-primary": palette.link,
        "pico-primary-hover": palette.link_hover,
        "pico-primary-underline": f"{palette.link}66",
        "pico-primary-focus": f"{palette.link}4d",
        "pico-primary-background": palette.fill,
        "pico-primary-border": palette.border,
        "pico-primary-hover-background": palette.fill_hover,
        "pico-primary-hover-border": palette.border,
        "pico-primary-inverse": palette.text,
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())
