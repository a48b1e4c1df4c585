"""Finds the gateways that a command is about."""

from argparse import ArgumentParser

from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError

from billing.models import WhmcsGateway


def add_gateway_names(parser: ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="gateways by name (default: all that are enabled)")


def load_gateways(names: list[str]) -> list[WhmcsGateway]:
    """The gateways with these names, or all enabled ones.

    Raises CommandError (exit status 2) for an unknown name, and where the database can't be read.
    """
    try:
        return _find(names)
    except (DatabaseError, InterfaceError) as error:
        first_line = str(error).partition("\n")[0]
        raise CommandError(f"The database can't be read: {first_line}", returncode=2) from error


def _find(names: list[str]) -> list[WhmcsGateway]:
    gateways = WhmcsGateway.objects.order_by("name")
    if not names:
        found = list(gateways.filter(is_enabled=True))
        if not found:
            raise CommandError("There is no enabled gateway. Add one in the administration first.", returncode=2)
        return found
    found = list(gateways.filter(name__in=names))
    missing = sorted(set(names) - {gateway.name for gateway in found})
    if missing:
        raise CommandError(f"There is no gateway named {', '.join(missing)}.", returncode=2)
    return found
