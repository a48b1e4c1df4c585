"""The navigation of the administration: lists, grouped by the tasks of operators."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Task:
    """A group of the navigation. `models` are "app.Model", in their order."""

    key: str
    name: Promise
    models: tuple[str, ...]


TASKS = (
    Task("gateways", _("Payment gateways"), ("billing.WhmcsGateway",)),
    Task(
        "companies", _("Companies"), ("companies.Company", "companies.User", "companies.Event", "billing.Subscription")
    ),
    Task("plans", _("Plans"), ("plans.Plan",)),
    Task("attention", _("Needs attention"), ("billing.AttentionItem", "billing.HeldChanges")),
    Task("runs", _("Sync runs"), ("billing.SyncRun",)),
    Task(
        "settings",
        _("Settings"),
        ("companies.Installation", "companies.OutgoingMail", "auth.Group", "companies.AuditEntry"),
    ),
)
# A model without a task is shown here, rather than nowhere.
OTHER = Task("other", pgettext_lazy("navigation", "Other"), ())


def by_task(lists: list[dict[str, Any]], start_url: str) -> list[dict[str, Any]]:
    """Regroup Django's app list, which has only the lists that the operator may view, by task."""
    places = {label: (task, place) for task in TASKS for place, label in enumerate(task.models)}

    def place_of(entry: dict[str, Any]) -> tuple[Task, int]:
        return places.get(entry["model"]._meta.label, (OTHER, 0))

    ordered = sorted(lists, key=lambda entry: place_of(entry)[1])
    groups = ((task, [entry for entry in ordered if place_of(entry)[0] is task]) for task in (*TASKS, OTHER))
    return [_as_app(task, entries, start_url) for task, entries in groups if entries]


def _as_app(task: Task, entries: list[dict[str, Any]], start_url: str) -> dict[str, Any]:
    return {
        "name": task.name, "app_label": task.key, "app_url": start_url, "has_module_perms": True, "models": entries,
        # A heading above a single list would only repeat its name.
        "is_one_list": [str(entry["name"]).lower() for entry in entries] == [str(task.name).lower()],
    }  # fmt: skip
