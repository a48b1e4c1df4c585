"""Every address at every door, by turns."""

import logging
import random
import statistics
from collections import defaultdict

from django.core.management import call_command

from bench.doors.doors import KNOWN, NOBODYS, Door, forgetting, make_people, prepare
from bench.measure import Cost, cost_of

SAME = "nobody, once more"
TO_WARM_UP = 3


def knock_by_turns(rounds: int) -> dict[str, float]:
    """What each kind of people costs at each door, as "cpu DOOR: KIND" and "wall DOOR: KIND", in times of nobody's.

    Each turn asks for all addresses in another order, and is compared within itself: so what the machine does besides
    meets all of them alike. Medians.
    """
    call_command("migrate", verbosity=0)
    logging.disable(logging.WARNING)
    figures: dict[str, float] = {}
    for name, door in make_people().items():
        for who, ratios in _of_door(door, rounds).items():
            cpus, walls = zip(*ratios, strict=True)
            figures |= {f"cpu {name}: {who}": statistics.median(cpus), f"wall {name}: {who}": statistics.median(walls)}
    return figures


def _of_door(door: Door, rounds: int) -> dict[str, list[Cost]]:
    addresses = {"": NOBODYS, SAME: NOBODYS, **KNOWN}
    ratios = defaultdict(list)
    for number in range(rounds + TO_WARM_UP):
        order = random.sample(list(addresses), len(addresses))
        costs = {who: _cost(door, addresses[who]) for who in order}
        usual = costs.pop("")
        if number >= TO_WARM_UP:
            for who, cost in costs.items():
                ratios[who].append(Cost(cost.cpu / usual.cpu, cost.wall / usual.wall))
    return ratios


def _cost(door: Door, address: str) -> Cost:
    prepare(has_mail=door.has_mail)
    asked = door.ask(address)
    with forgetting(asked.client):
        return cost_of(asked.post)
