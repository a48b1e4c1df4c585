"""The brand as it is now. Each process remembers it for half a minute, so pages cost no query because of it."""

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
    """What pages and mails need to know. An address is empty where our own look serves."""

    name: str = DEFAULT_NAME
    colour: str = ""
    logo_url: str = ""
    colours_url: str = ""


class _Memory:
    brand = Brand()
    good_until = 0.0


def load_brand() -> Brand:
    """At most half a minute old; one query where it is older. Without a database what was known last."""
    if monotonic() >= _Memory.good_until:
        try:
            _Memory.brand = brand_of(Installation.load())
        except DatabaseError:
            return _Memory.brand
        _Memory.good_until = monotonic() + SECONDS
    return _Memory.brand


def known_brand() -> Brand:
    """What was known last, for pages that must not ask a database."""
    return _Memory.brand


def forget() -> None:
    """Start anew, as a fresh process."""
    _Memory.brand, _Memory.good_until = Brand(), 0.0


def digest_of(data: bytes) -> str:
    """What stands in an address, so that another content has another one."""
    return sha256(data).hexdigest()[:16]


def brand_of_request(request: HttpRequest) -> dict[str, Any]:
    """For templates; nothing is asked where a page doesn't use it, as in the administration."""
    return {"brand": SimpleLazyObject(load_brand)}


@receiver(post_save, sender=Installation)
def forget_after_change(**_more: Any) -> None:
    """Whoever changed it sees it at once, where the same process answers."""
    _Memory.good_until = 0.0


def brand_of(row: Installation) -> Brand:
    """What these settings make of it."""
    colour = row.accent_colour if is_colour(row.accent_colour) else ""
    return Brand(
        name=row.product_name or DEFAULT_NAME,
        colour=colour,
        logo_url=reverse("brand_logo", args=[row.logo_digest]) if row.logo_digest else "",
        colours_url=reverse("brand_colours", args=[digest_of(stylesheet(colour).encode())]) if colour else "",
    )
