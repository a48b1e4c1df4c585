"""Making and renaming plans by the name that somebody else uses for them."""

from django.db import IntegrityError, transaction

from plans.models import LIMITS, Plan


class NameTaken(Exception):
    """There is a plan of this name already."""


def create_like(model: Plan, name: str) -> Plan:
    """A plan of exactly this name, with the limits of `model`. Raises NameTaken."""
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
