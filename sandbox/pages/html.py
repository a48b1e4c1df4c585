"""HTML that cannot forget to escape: elements are built, and every text in them is escaped on the way."""

from html import escape


class Html(str):
    """A text that is HTML already."""

    __slots__ = ()


def join(*nodes: Html | str | int) -> Html:
    """Return the nodes one after another; what is not Html is escaped."""
    return Html("".join(node if isinstance(node, Html) else escape(str(node)) for node in nodes))


def element(tag: str, *nodes: Html | str | int, **attributes: str | int | bool) -> Html:
    """Return an element. `class_` and the like lose their underscore; True is a bare attribute, False none."""
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    return Html(f"<{tag}{written}>{join(*nodes)}</{tag}>")


def empty_element(tag: str, **attributes: str | int | bool) -> Html:
    """Return an element without content, such as an input."""
    return Html(f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>")


def _attribute(name: str, value: str | int | bool) -> str:
    written = name.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {written}" if value else ""
    return f' {written}="{escape(str(value))}"'
