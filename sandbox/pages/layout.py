"""The frame around every page: title, the banner that says what this is, the navigation."""

from sandbox.pages.html import Html, element, empty_element, join
from sandbox.wire import HTML_TYPE, Reply

BANNER = "This is a stand-in for WHMCS, for trying things out. Nothing is charged and no mail is sent."
HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)


def page(prefix: str, title: str, *content: Html, status: int = 200, wide: bool = False) -> Reply:
    """Return a whole page; `prefix` is the path under which the shop lives."""
    links = (("/cart.php", "Shop"), ("/clientarea.php", "Client area"), ("/admin/", "Play the WHMCS admin"))
    head = element(
        "head",
        empty_element("meta", charset="utf-8"),
        empty_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title, " - WHMCS stand-in"),
        empty_element("link", rel="stylesheet", href=f"{prefix}/sandbox.css"),
    )
    body = element(
        "body",
        element("p", BANNER, class_="banner", role="note"),
        element("nav", *(element("a", text, href=prefix + path) for path, text in links)),
        element("main", element("h1", title), *content, class_="wide" if wide else "narrow"),
    )
    text = join(Html("<!DOCTYPE html>"), element("html", head, body, lang="en"))
    return Reply(status, text.encode("utf-8", "replace"), HTML_TYPE, HEADERS)


def redirect(prefix: str, path: str) -> Reply:
    """Return the answer to a form that worked: look there."""
    return Reply(303, b"", HTML_TYPE, (*HEADERS, ("Location", prefix + path)))


def notice(text: str | Html, kind: str = "note") -> Html:
    """Return a box with a message; `kind` is note, good or bad."""
    return element("p", text, class_=f"notice {kind}", role="alert" if kind == "bad" else "status")


def text_field(label: str, name: str, value: str = "", *, kind: str = "text", required: bool = False) -> Html:
    """Return a labelled input."""
    field = empty_element(
        "input", type=kind, name=name, value=value, required=required, autocomplete="off", maxlength=200
    )
    return element("label", element("span", label), field)


def hidden(name: str, value: str | int) -> Html:
    """Return a hidden input."""
    return empty_element("input", type="hidden", name=name, value=value)


def choice(label: str, name: str, options: list[tuple[str, str]], chosen: str = "") -> Html:
    """Return a labelled dropdown; `options` are (value, text)."""
    entries = (element("option", text, value=value, selected=value == chosen) for value, text in options)
    return element("label", element("span", label), element("select", *entries, name=name))


def button(text: str, name: str = "", value: str = "", *, kind: str = "") -> Html:
    """Return a submit button, with a name and value if it says what to do."""
    if not name:
        return element("button", text, type="submit", class_=kind or "main")
    return element("button", text, type="submit", name=name, value=value, class_=kind or "plain")
