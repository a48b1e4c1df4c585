"""What goes wrong between the shop and us: every fault is a way in which WHMCS fails, none is a plausible lie."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from sandbox import TICKETZ_PID, Service, Shop, Status, faults
from sandbox.interference import Interference, ProductQuery
from sandbox.wire import Call, Reply

LISTING, DETAILS = "GetClientsProducts", "GetClientsDetails"


class Trouble(NamedTuple):
    """A fault. `spoils`: no run that meets it in every call may call itself complete."""

    make: Callable[[Shop], Interference]
    action: str | None = None
    spoils: bool = True


class HiddenInLists(faults.Hidden):
    """Services are missing in a list, which adds up; asked for by its id each is there."""

    _asked_for_one = False

    def change_query(self, query: ProductQuery) -> ProductQuery:
        self._asked_for_one = query.service_id is not None
        return query

    def change_services(self, services: Sequence[Service]) -> Sequence[Service]:
        return services if self._asked_for_one else super().change_services(services)


class LookupsFail(Interference):
    """Lists come, but whoever asks for one service gets a 500: no second reading is possible."""

    def replace_reply(self, call: Call) -> Reply | None:
        return faults.server_error().reply if call.params.get("serviceid") else None


class LookupsFindNothing(Interference):
    """Lists are honest; whoever asks for one service is told that there is none."""

    def change_query(self, query: ProductQuery) -> ProductQuery:
        return replace(query, service_id=2**40) if query.service_id else query


def _somebody_pays_meanwhile(shop: Shop) -> Interference:
    """While a run is on its way: perhaps between the first and the second reading of a service."""

    def unsuspend_one() -> None:
        suspended = [service.id for service in shop.listing() if service.status == Status.SUSPENDED]
        if suspended:
            shop.unsuspend(suspended[0])

    return faults.Meanwhile(unsuspend_one)


def _hide_half(shop: Shop) -> Interference:
    hidden = [service.id for service in shop.listing(TICKETZ_PID)[::2]]
    return HiddenInLists(*hidden) if hidden else HiddenInLists(0)


TROUBLES: dict[str, Trouble] = {
    "refused": Trouble(lambda shop: faults.authentication_failed()),
    "address": Trouble(lambda shop: faults.invalid_ip()),
    "no details": Trouble(lambda shop: faults.no_permission(), DETAILS, spoils=False),
    "details fail": Trouble(lambda shop: faults.server_error(), DETAILS, spoils=False),
    "maintenance": Trouble(lambda shop: faults.maintenance()),
    "imunify": Trouble(lambda shop: faults.imunify()),
    "500": Trouble(lambda shop: faults.server_error()),
    "429": Trouble(lambda shop: faults.too_many_requests("1000000")),
    "nothing": Trouble(lambda shop: faults.empty_body()),
    "error": Trouble(lambda shop: faults.api_error("Something is odd")),
    "redirect": Trouble(lambda shop: faults.redirect("https://sink.example/")),
    "cut off": Trouble(lambda shop: faults.truncated()),
    "latin-1": Trouble(lambda shop: faults.latin_1()),
    "reset": Trouble(lambda shop: faults.reset()),
    "hung up": Trouble(lambda shop: faults.hang_up(60)),
    "empty list": Trouble(lambda shop: HiddenInLists(), LISTING, spoils=False),
    "empty shop": Trouble(lambda shop: faults.Hidden(), LISTING, spoils=False),
    "no lookups": Trouble(lambda shop: LookupsFail(), LISTING, spoils=False),
    "no such service": Trouble(lambda shop: LookupsFindNothing(), LISTING, spoils=False),
    "paid meanwhile": Trouble(_somebody_pays_meanwhile, spoils=False),
    "half a list": Trouble(_hide_half, LISTING, spoils=False),
    "total too high": Trouble(lambda shop: faults.WrongTotal(5), LISTING, spoils=False),
    "total too low": Trouble(lambda shop: faults.WrongTotal(-1), LISTING, spoils=False),
    "small pages": Trouble(lambda shop: faults.LimitCapped(3), LISTING, spoils=False),
    "same page": Trouble(lambda shop: faults.StartIgnored(), LISTING, spoils=False),
    "any order": Trouble(lambda shop: faults.Ordered("random", seed=7), LISTING, spoils=False),
    "all products": Trouble(lambda shop: faults.PidFilterIgnored(), LISTING, spoils=False),
    "notice": Trouble(lambda shop: faults.php_notice(), spoils=False),
    "bom": Trouble(lambda shop: faults.byte_order_mark(), spoils=False),
    "gzip": Trouble(lambda shop: faults.gzipped(), spoils=False),
}

POISONS: dict[str, dict[str, object]] = {
    "date": {"nextduedate": "31/02/2026"},
    "no status": {"status": None},
    "NUL": {"status": "Act\0ive"},
    "client": {"clientid": 2**70},
    "plan": {"configoption.Plan": "Te\ud800am"},
    "override": {"overideautosuspend": "perhaps"},
    "number": {"id": 2**70},
    "word": {"status": "active "},
}
"""What makes one row unreadable; "word" is a row that can be read, with a status that nobody knows."""
