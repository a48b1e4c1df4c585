"""An empty database, and watching what is said: made again for each walk."""

import io
import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from billing.models import RunRecord
from companies.models import Event
from tests.walk.strings import CANARY

KEPT = {"migrations", "contenttypes", "auth", "sessions"}


@cache
def our_models() -> list[type[models.Model]]:
    """All tables that a walk fills, those that point to others first."""
    ours = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label not in KEPT]
    placed: list[type[models.Model]] = []
    while ours:
        relations = [(model, field.related_model) for model in ours for field in model._meta.concrete_fields]
        pointed_to = {other for model, other in relations if other is not model}
        free = [model for model in ours if model not in pointed_to]
        placed += free
        ours = [model for model in ours if model not in free]
    return placed


def empty_tables() -> None:
    """Forget everything. A DELETE is cheaper than TRUNCATE as long as there is little to delete."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in our_models():
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608 - a name from the model


class Ears(logging.StreamHandler[io.StringIO]):
    """Hears every line of the log, formatted as a person would read it, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        logging.getLogger().addHandler(self)

    def heard(self) -> str:
        """What was said since the last time."""
        text = self.stream.getvalue()
        self.setStream(io.StringIO())
        return text

    def close(self) -> None:
        logging.getLogger().removeHandler(self)
        super().close()


@dataclass(slots=True)
class Search:
    """Looks for the API secret and the passwords of the cart in plain text. What only grows is read once."""

    secret: str
    read: dict[type[models.Model], int] = field(default_factory=dict)

    def leaks(self, said: str) -> list[str]:
        """Where they stand: in which tables, and in what was said."""
        places = {"what was said": said}
        for model in our_models():
            places[model.__name__] = repr(self._load_new(model))
        return [place for place, text in places.items() if CANARY in text or self.secret in text]

    def _load_new(self, model: type[models.Model]) -> list[tuple[Any, ...]]:
        read = self.read.get(model)
        with connection.cursor() as cursor:
            query = f'SELECT * FROM "{model._meta.db_table}"'  # noqa: S608 - a name from the model
            if read is None:
                cursor.execute(query)
            else:
                cursor.execute(f"{query} WHERE id > %s", [read])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        if model in (Event, RunRecord):
            self.read[model] = max([read or 0, *(row[0] for row in rows)])
        return rows
