"""When the last backup was made, noted in the database: whichever machine makes them, every web process can tell.

It is noted when the file is whole, so no backup holds a note of itself. A restored database knows of the backup before
it and goes on counting from there, until a backup is made of what it is now.
"""

from datetime import datetime

from django.db.models import Q

from companies.models import Installation
from ticketz.backups.manifest import Manifest


def note(manifest: Manifest) -> None:
    """Note that a backup was made, unless a newer one is noted already."""
    made_at = datetime.fromisoformat(manifest.made_at)
    mine, _ = Installation.objects.get_or_create(pk=Installation.THE_ONE)
    older = Installation.objects.filter(Q(backed_up_at=None) | Q(backed_up_at__lt=made_at), pk=mine.pk)
    older.update(backed_up_at=made_at)


def load_age(now: datetime) -> float | None:
    """How many seconds ago what is in the last backup was so; None where none was ever made."""
    made_at = Installation.objects.filter(pk=Installation.THE_ONE).values_list("backed_up_at", flat=True).first()
    return None if made_at is None else max(0.0, (now - made_at).total_seconds())
