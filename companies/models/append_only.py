"""Append-only models: rows are added, but never changed or deleted."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models.base import ModelBase

M = TypeVar("M", bound=models.Model)


class AppendOnlyRows(models.QuerySet[M]):
    """A query set without `update` and `delete`."""

    def update(self, **columns: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never deleted.")


class AppendOnly(models.Model):
    """The base of models whose rows never change.

    Django bypasses this through `_base_manager` when it deletes a row together with its parent.
    """

    objects = AppendOnlyRows.as_manager()

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Insert only."""
        if self.pk is not None:
            raise TypeError(f"{type(self).__name__} rows are never changed.")
        super().save(force_insert=True, using=using)

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        raise TypeError(f"{type(self).__name__} rows are never deleted.")
