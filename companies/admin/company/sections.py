"""What others have to say on a company's page: billing knows of services, and nothing here knows of billing."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from django.http import HttpRequest

from companies.models import Company


class Link(NamedTuple):
    """A text that leads somewhere; without an address it is only a text."""

    text: str
    url: str


Cell: TypeAlias = str | Link


class Section(NamedTuple):
    """A table with a heading. `button` is a label and the address that it posts to."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    button: Link | None = None

    @property
    def labelled_rows(self) -> list[list[tuple[str, Cell]]]:
        """Each cell with its header, which has to stand beside it where rows are folded."""
        return [list(zip(self.headers, row, strict=True)) for row in self.rows]


Maker: TypeAlias = Callable[[Company, HttpRequest], Section | None]
_makers: list[Maker] = []
_actor_links: list[Callable[[str], str]] = []


def on_company_page(maker: Maker) -> None:
    """Add a section to the page of each company for which `maker` makes one."""
    _makers.append(maker)


def leads_to(link: Callable[[str], str]) -> None:
    """Let `link` say where the page of whoever did something is, by the label of an event; empty if it knows none."""
    _actor_links.append(link)


def sections_of(company: Company, request: HttpRequest) -> list[Section]:
    """The sections of others, in the order in which they were added."""
    return [section for maker in _makers if (section := maker(company, request)) is not None]


def page_of_actor(label: str) -> str:
    """The address of the page of whoever an event names; empty where there is none."""
    return next((url for link in _actor_links if (url := link(label))), "")
