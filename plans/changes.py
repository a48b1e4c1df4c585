"""Creates and renames plans, to match the names in WHMCS."""

from django.db import IntegrityError, transaction

from plans.models import LIMITS, Plan


class NameTaken(Exception):
    """A plan with this name exists already."""


def create_like(model: Plan, name: str) -> Plan:
    """Create a plan with exactly this name and the limits of `model`. Raises NameTaken."""
    try:
        with transaction.atomic():
            return Plan.objects.create(name=name, **{limit: getattr(model, limit) for limit in LIMITS})
    except IntegrityError as error:
        raise NameTaken(name) from error


def rename(plan: Plan, name: str) -> None:
    """Give a plan exactly this name. Raises NameTaken."""
    try:
        with transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(name=name)
    except IntegrityError as error:
        raise NameTaken(name) from error
    plan.name = name
