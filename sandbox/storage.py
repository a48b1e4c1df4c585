"""Keeps a shop in one JSON file, so that a second start goes on with the same shop. Written atomically."""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import TypeVar

from sandbox.records import Client, Credentials, Service

Record = TypeVar("Record", Client, Service)


@dataclass(frozen=True, slots=True)
class Saved:
    """What the file holds. `next_id` is the next free number of a client, service or order."""

    credentials: Credentials
    clients: dict[int, Client]
    services: dict[int, Service]
    next_id: dict[str, int]


def save(path: Path, saved: Saved) -> None:
    """Write the shop to `path`. A crash leaves the old file or the new one, never half of one."""
    document = {
        "credentials": asdict(saved.credentials),
        "clients": [_to_json(client) for client in saved.clients.values()],
        "services": [_to_json(service) for service in saved.services.values()],
        "next_id": saved.next_id,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(path: Path) -> Saved | None:
    """Read the shop from `path`; None if there is no such file yet. Raises ValueError for a file that is none."""
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        return Saved(
            credentials=Credentials(**document["credentials"]),
            clients=_by_id(_from_json(Client, row) for row in document["clients"]),
            services=_by_id(_from_json(Service, row) for row in document["services"]),
            next_id={kind: int(number) for kind, number in document["next_id"].items()},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a file of the sandbox: {error}") from error


def _by_id(records: Iterable[Record]) -> dict[int, Record]:
    return {record.id: record for record in sorted(records, key=lambda record: record.id)}


def _to_json(record: Client | Service) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(record).items()}


def _from_json(kind: type[Record], row: dict[str, object]) -> Record:
    dates = {column.name for column in fields(kind) if column.type in (date, date | None)}
    values = {
        key: date.fromisoformat(value) if key in dates and isinstance(value, str) else value
        for key, value in row.items()
    }
    return kind(**values)  # type: ignore[arg-type]  # the dataclass itself says what fits
