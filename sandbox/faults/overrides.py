"""Chosen values of a row or a client replaced by anything at all: NUL, lone surrogates, 2**70, bad dates, nothing.

A value may be any JSON value, `RawJson("1e999")` for JSON text as it stands, or MISSING to leave the key out.
"""

from collections.abc import Mapping

from sandbox.interference import Interference
from sandbox.rows import Entry, Row


class OverrideRow(Interference):
    """Replaces columns of one service's row.

    Keys are column names; `customfield.NAME` and `configoption.NAME` are the value of that field or option, and
    `customfields` and `configoptions` the whole lists.
    """

    def __init__(self, service_id: int, values: Mapping[str, object]) -> None:
        self._service_id = service_id
        self._values = values

    def changes_row(self, service_id: int) -> bool:
        return service_id == self._service_id

    def change_row(self, service_id: int, row: Row) -> None:
        if service_id != self._service_id:
            return
        for key, value in self._values.items():
            kind, _, name = key.partition(".")
            if not name:
                row.columns[key] = value
                continue
            entries, label = (row.fields, "name") if kind == "customfield" else (row.options, "option")
            for entry in entries:
                if entry[label] == name:
                    entry["value"] = value


class OverrideClient(Interference):
    """Replaces columns of one client."""

    def __init__(self, client_id: int, values: Mapping[str, object]) -> None:
        self._client_id = client_id
        self._values = values

    def change_client(self, client_id: int, columns: Entry) -> None:
        if client_id == self._client_id:
            columns |= self._values
