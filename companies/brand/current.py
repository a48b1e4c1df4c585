"""The current brand. Each process caches it for half a minute, so that it costs pages no query."""

from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Any

from django.db import DatabaseError
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from companies.brand.colours import is_colour
from companies.brand.stylesheet import stylesheet
from companies.models import Installation

SECONDS = 30
DEFAULT_NAME = "Ticketz"


@dataclass(frozen=True, slots=True)
class Brand:
    """What pages and mails show. A URL is empty if the default look is used."""

    name: str = DEFAULT_NAME
    colour: str = ""
    logo_url: str = ""
    colours_url: str = ""


class _Memory:
    brand = Brand()
    good_until = 0.0


def load_brand() -> Brand:
    """The brand, at most half a minute old. If the database fails, the last known one."""
    if monotonic() >= _Memory.good_until:
        try:
            _Memory.brand = brand_of(Installation.load())
        except DatabaseError:
            return _Memory.brand
        _Memory.good_until = monotonic() + SECONDS
    return _Memory.brand


def known_brand() -> Brand:
    """The last known brand, for pages that must not use the database."""
    return _Memory.brand


def forget() -> None:
    """Empty the cache, for tests."""
    _Memory.brand, _Memory.good_until = Brand(), 0.0


def digest_of(data: bytes) -> str:
    """A digest for a URL, so that changed content gets a new URL."""
    return sha256(data).hexdigest()[:16]


def brand_of_request(request: HttpRequest) -> dict[str, Any]:
    """A context processor. It is lazy, so that pages without the brand (the administration) load nothing."""
    return {"brand": SimpleLazyObject(load_brand)}


@receiver(post_save, sender=Installation)
def forget_after_change(**_more: Any) -> None:
    """Show a change at once, at least in this process."""
    _Memory.good_until = 0.0


def brand_of(row: Installation) -> Brand:
    """The brand of these settings."""
    colour = row.accent_colour if is_colour(row.accent_colour) else ""
    return Brand(
        name=row.product_name or DEFAULT_NAME,
        colour=colour,
        logo_url=reverse("brand_logo", args=[row.logo_digest]) if row.logo_digest else "",
        colours_url=reverse("brand_colours", args=[digest_of(stylesheet(colour).encode())]) if colour else "",
    )
