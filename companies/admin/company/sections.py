"""Sections that other apps add to a company's page. `billing` registers them, because this app must not import it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from django.http import HttpRequest

from companies.models import Company


class Link(NamedTuple):
    """A text with a link; without a URL, only the text."""

    text: str
    url: str


Cell: TypeAlias = str | Link


class Section(NamedTuple):
    """A table with a heading. `button` is a label and the URL that it posts to."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    button: Link | None = None

    @property
    def labelled_rows(self) -> list[list[tuple[str, Cell]]]:
        """Each cell with its header, which narrow screens show beside it."""
        return [list(zip(self.headers, row, strict=True)) for row in self.rows]


Maker: TypeAlias = Callable[[Company, HttpRequest], Section | None]
_makers: list[Maker] = []
_actor_links: list[Callable[[str], str]] = []


def on_company_page(maker: Maker) -> None:
    """Register a function that makes a section for a company's page, or None."""
    _makers.append(maker)


def leads_to(link: Callable[[str], str]) -> None:
    """Register a function from the actor's label of an event to the URL of the actor's page, or ""."""
    _actor_links.append(link)


def sections_of(company: Company, request: HttpRequest) -> list[Section]:
    """The registered sections, in the order of their registration."""
    return [section for maker in _makers if (section := maker(company, request)) is not None]


def page_of_actor(label: str) -> str:
    """The URL of the actor's page; "" if there is none."""
    return next((url for link in _actor_links if (url := link(label))), "")
