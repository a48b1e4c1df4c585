"""Renders the runbook's Markdown as HTML, with its links pointing to our pages."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Maps a link of the text to a URL; None if the page must not link there.
Link: TypeAlias = Callable[[str], str | None]


def to_html(text: str, link: Link) -> str:
    """Render `text`. HTML in it is escaped."""
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse(text)
    for token in tokens:
        token.children = list(_led(token.children or (), link))
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _led(parts: Sequence[Token], link: Link) -> Iterator[Token]:
    """The parts of a line with mapped links. A link that leads nowhere becomes its text."""
    leads_somewhere = True
    for part in parts:
        if part.type == "link_open":
            address = link(str(part.attrs["href"]))
            leads_somewhere = address is not None
            part.attrs["href"] = address or ""
        if leads_somewhere or part.type not in {"link_open", "link_close"}:
            yield part
