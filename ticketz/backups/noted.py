"""Stores the time of the last backup in the database, so that every web process knows it.

It is stored when the file is complete, so a backup does not know itself. A restored database knows the backup before
it, until a new backup is made.
"""

from datetime import datetime

from django.db.models import Q

from companies.models import Installation
from ticketz.backups.manifest import Manifest


def note(manifest: Manifest) -> None:
    """Store that a backup was made, unless a newer one is known."""
    made_at = datetime.fromisoformat(manifest.made_at)
    mine, _ = Installation.objects.get_or_create(pk=Installation.THE_ONE)
    older = Installation.objects.filter(Q(backed_up_at=None) | Q(backed_up_at__lt=made_at), pk=mine.pk)
    older.update(backed_up_at=made_at)


def load_age(now: datetime) -> float | None:
    """The age of the last backup in seconds; None if none was ever made."""
    made_at = Installation.objects.filter(pk=Installation.THE_ONE).values_list("backed_up_at", flat=True).first()
    return None if made_at is None else max(0.0, (now - made_at).total_seconds())
