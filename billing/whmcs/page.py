"""One page of services: its readable rows, its bad rows, and access to the first passwords."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from msgspec import Raw

from billing.facts import ServiceFacts
from billing.whmcs.first_password import find_first_password
from billing.whmcs.names import NameMatcher
from billing.whmcs.secret_text import SecretText


class RowCode(StrEnum):
    """Why a row can't be used."""

    NOT_AN_OBJECT = "not_an_object"
    MISSING_FIELD = "missing_field"
    BAD_ID = "bad_id"
    BAD_DATE = "bad_date"
    BAD_TEXT = "bad_text"
    TOO_LONG = "too_long"
    UNSTORABLE_TEXT = "unstorable_text"
    BAD_OVERRIDE = "bad_override"
    UNKNOWN_SHAPE = "unknown_shape"
    AMBIGUOUS_OPTION = "ambiguous_option"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    UNENCODABLE_ROW = "unencodable_row"


_SENTENCES = {
    RowCode.NOT_AN_OBJECT: "it is no record",
    RowCode.MISSING_FIELD: "{field} is missing",
    RowCode.BAD_ID: "{field} is {value} and not a number of WHMCS",
    RowCode.BAD_DATE: "{field} is {value} and not a date",
    RowCode.BAD_TEXT: "{field} is {value} and not a text",
    RowCode.TOO_LONG: "{field} is too long: {value}",
    RowCode.UNSTORABLE_TEXT: "{field} holds invalid characters: {value}",
    RowCode.BAD_OVERRIDE: "{field} is {value}, which is neither yes nor no",
    RowCode.UNKNOWN_SHAPE: "{field} has a form that is not known",
    RowCode.AMBIGUOUS_OPTION: "several options are named like {field}, with different values: {value}",
    RowCode.CONFLICTING_DUPLICATE: "WHMCS sent it twice, and differently",
    RowCode.UNENCODABLE_ROW: "WHMCS can't put it into JSON because it holds broken characters",
}


class RowProblem(ValueError):
    """A row that can't be used."""

    def __init__(self, code: RowCode, field: str = "", value: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.params = {key: text for key, text in (("field", field), ("value", value)) if text}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be used: which one, its position in the whole list (from 0), and why.

    `params` may hold `field` and `value`; the value is escaped and cut, so it may be stored and shown.
    """

    service_id: int | None
    position: int
    code: RowCode
    params: dict[str, str]

    def __str__(self) -> str:
        name = f"Service {self.service_id}" if self.service_id else f"The service at position {self.position}"
        return f"{name} can't be read: {_SENTENCES[self.code].format(**{'field': '', 'value': '', **self.params})}."


@dataclass(slots=True)
class Page:
    """One answer to GetClientsProducts.

    `total` is WHMCS's count over all pages, None if it sent none. `returned` counts all rows that came, also the bad
    and the foreign ones. `foreign_ids` are the services that were not asked for (of another product, or another
    service); nothing else is kept of them. `custom_fields` are not decoded: they point into the answer's bytes, which
    stay in memory as long as the page does (see `let_go`).
    """

    total: int | None
    returned: int
    rows: list[ServiceFacts]
    bad: list[BadRow]
    foreign_ids: list[int]
    custom_fields: dict[int, Raw] = field(repr=False)
    is_password: NameMatcher = field(repr=False)

    @classmethod
    def of_bad_row(cls, bad: BadRow) -> Self:
        """A page for a row that WHMCS could not send."""
        return cls(None, 1, [], [bad], [], {}, lambda name: False)

    def first_password(self, service_id: int) -> SecretText | None:
        """What the customer typed in the cart, as WHMCS sends it; None if the field is absent or ambiguous.

        The custom fields of the row are decoded only now. Safe to call from several threads.
        """
        raw = self.custom_fields.get(service_id)
        return None if raw is None else find_first_password(raw, self.is_password)

    def keep(self, rows: list[ServiceFacts]) -> None:
        """Drop all other rows and their custom fields."""
        if len(rows) == len(self.rows):
            return
        raws = self.custom_fields
        self.rows = rows
        self.custom_fields = {row.service_id: raws[row.service_id] for row in rows if row.service_id in raws}

    def let_go(self) -> None:
        """Copy what the page still needs, so that the answer's bytes can be freed."""
        self.custom_fields = {key: raw.copy() for key, raw in self.custom_fields.items()}
