"""All pages of the administration: found by its routes, so that a new page is looked at without being named here."""

from collections.abc import Iterable, Iterator

from django.contrib.admin import ModelAdmin, site
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse

from billing.models import StoredPreview, WhmcsGateway
from companies.acts import ACTS


def open_pages(client: Client) -> list[str]:
    """The addresses that answer this operator with a page: lists, the pages of one row of each, the start.

    Of Django's histories one: they differ in nothing but what they list.
    """
    addresses = [
        reverse("admin:index"),
        reverse("admin:forecast"),
        reverse("admin:runbook"),
        reverse("admin:runbook_section", args=["losses_held"]),
        *(a for owner in site._registry.values() for a in _addresses_of(owner)),
    ]
    pages = [address for address in addresses if _is_page(client, address)]
    histories = [address for address in pages if address.endswith("/history/")]
    return [address for address in pages if address not in histories[1:]]


def _addresses_of(owner: "ModelAdmin[Model]") -> Iterator[str]:
    start = reverse(f"admin:{owner.opts.app_label}_{owner.opts.model_name}_changelist")
    newest = owner.model._default_manager.order_by("-pk").first()
    assert newest is not None, f"the world of these tests has no {owner.opts.label}"
    for pattern in owner.get_urls():
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern).replace("<path:object_id>", "<int:pk>").replace("<int:pk>", str(newest.pk))
        for filled in _filled(route):
            assert "<" not in filled, f"say in _filled what can stand in {filled}"
            yield start + filled


def _filled(route: str) -> list[str]:
    """The route with all that can stand in it for something else than a row's number."""
    parts: dict[str, Iterable[object]] = {
        "<slug:name>": ACTS,
        "<int:gateway_id>": WhmcsGateway.objects.values_list("pk", flat=True),
        "<int:number>": StoredPreview.objects.values_list("pk", flat=True),
    }
    for part, values in parts.items():
        if part in route:
            return [route.replace(part, str(value)) for value in values]
    return [route]


def _is_page(client: Client, address: str) -> bool:
    answer = client.get(address)
    assert answer.status_code < 500, address
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
