"""The runbook as HTML: a library knows Markdown, and links lead to where its parts are here."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Where a link of the text leads to on a page; None where the page can't lead there.
Link: TypeAlias = Callable[[str], str | None]


def to_html(text: str, link: Link) -> str:
    """All of `text`. What looks like HTML in it is text as well."""
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse(text)
    for token in tokens:
        token.children = list(_led(token.children or (), link))
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _led(parts: Sequence[Token], link: Link) -> Iterator[Token]:
    """The parts of a line, with links as they are here. Of one that leads nowhere its text is left."""
    leads_somewhere = True
    for part in parts:
        if part.type == "link_open":
            address = link(str(part.attrs["href"]))
            leads_somewhere = address is not None
            part.attrs["href"] = address or ""
        if leads_somewhere or part.type not in {"link_open", "link_close"}:
            yield part
