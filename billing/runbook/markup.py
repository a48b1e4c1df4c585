"""The part of Markdown that the runbook is written in, as HTML. A test holds it against a library for Markdown.

Headings, paragraphs, flat lists, indented code; `code`, **strong**, *emphasis* and links.
"""

import re
from collections.abc import Callable
from html import escape
from typing import TypeAlias

# Where a link of the text leads to on a page; None where the page can't lead there.
Link: TypeAlias = Callable[[str], str | None]
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*]+)\*|\[(?P<text>[^\]]+)\]\((?P<to>[^)\s]+)\)", re.DOTALL
)
_HEADING = re.compile(r"(#{1,6}) (.+)")
_ITEM = re.compile(r"^(?:\*|\d+\.) +", re.MULTILINE)


def to_html(text: str, link: Link) -> str:
    """All blocks of `text`, which are parted by empty lines."""
    return "\n".join(_block(block, link) for block in re.split(r"\n{2,}", text.strip("\n")) if block)


def _block(block: str, link: Link) -> str:
    lines = block.split("\n")
    if heading := _HEADING.fullmatch(block):
        level = len(heading[1])
        return f"<h{level}>{_inline(heading[2], link)}</h{level}>"
    if all(line.startswith("    ") for line in lines):
        code = "\n".join(line[4:] for line in lines)
        return f"<pre><code>{escape(code)}\n</code></pre>"
    if _ITEM.match(block):
        kind = "ul" if block.startswith("*") else "ol"
        items = [re.sub(r"\n +", "\n", item.strip()) for item in _ITEM.split(block)[1:]]
        return f"<{kind}>\n" + "".join(f"<li>{_inline(item, link)}</li>\n" for item in items) + f"</{kind}>"
    return f"<p>{_inline(block, link)}</p>"


def _inline(text: str, link: Link) -> str:
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[end : found.start()]), _marked(found, link)]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _marked(found: re.Match[str], link: Link) -> str:
    if found["code"]:
        return f"<code>{escape(' '.join(found['code'].splitlines()))}</code>"
    if found["strong"]:
        return f"<strong>{_inline(found['strong'], link)}</strong>"
    if found["em"]:
        return f"<em>{_inline(found['em'], link)}</em>"
    text, address = _inline(found["text"], link), link(found["to"])
    return text if address is None else f'<a href="{escape(address)}">{text}</a>'
