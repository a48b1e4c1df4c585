"""Every verb of a walk with what its details may be, and how often it comes up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sandbox import GENERATIONS
from tests.walk.strings import ADDRESSES, NAMES, PASSWORDS, PLANS
from tests.walk.troubles import POISONS, TROUBLES

T = TypeVar("T")
WHICH = range(8)
YES_OR_NO = (False, True)


def mostly(usual: tuple[T, ...], odd: Iterable[T]) -> tuple[T, ...]:
    """Choices of which two of three are usual: a world in which nothing is right proves little."""
    rare = tuple(thing for thing in odd if thing not in usual)
    return (*usual, *usual * (2 * len(rare) // len(usual)), *rare)


NAME = mostly(("plain",), NAMES)
ADDRESS = mostly(("ana", "bob", "eva", "gus", "ida", "jon"), ADDRESSES)
PASSWORD = mostly(("plain", "markup"), PASSWORDS)
PLAN = mostly(PLANS[:3], PLANS)

# Whoever is told that a service is gone believes it, see test_examples.py.
LIKELY = tuple(kind for kind in TROUBLES if kind not in ("no such service", "empty shop"))


class Verb(NamedTuple):
    """`details` has the choices for each argument. `weight`: out of all weights, how often dice take it."""

    weight: int
    details: Mapping[str, Sequence[object]]


VERBS: dict[str, Verb] = {
    "buy": Verb(8, {"name": NAME, "address": ADDRESS, "typed": PASSWORD, "plan": PLAN}),
    "buy_again": Verb(2, {"client": WHICH, "typed": PASSWORD, "plan": PLAN}),
    "pay": Verb(5, {"service": WHICH}),
    "suspend": Verb(3, {"service": WHICH}),
    "unsuspend": Verb(3, {"service": WHICH}),
    "end": Verb(3, {"service": WHICH, "word": ("Terminated", "Cancelled", "Fraud", "Pending", "Completed")}),
    "suspend_all": Verb(1, {}),
    "change_plan": Verb(2, {"service": WHICH, "plan": PLAN}),
    "move_due_date": Verb(3, {"service": WHICH, "days": (-60, -4, -1, 0, 1, 30, 99)}),
    "exempt": Verb(1, {"service": WHICH, "days": (0, 3, 60, 99)}),
    "rename_client": Verb(1, {"client": WHICH, "name": NAME}),
    "readdress_client": Verb(1, {"client": WHICH, "address": ADDRESS}),
    "move_service": Verb(1, {"service": WHICH, "client": WHICH}),
    "merge_clients": Verb(1, {"client": WHICH, "into": WHICH}),
    "move_product": Verb(1, {"service": WHICH, "back": YES_OR_NO}),
    "delete_service": Verb(1, {"service": WHICH}),
    "poison": Verb(2, {"service": WHICH, "kind": (*POISONS, "bytes")}),
    "heal_all": Verb(2, {}),
    "duplicate": Verb(1, {"service": WHICH, "differs": YES_OR_NO}),
    "trouble": Verb(3, {"kind": LIKELY, "first": (1, 2, 3), "times": (0, 1, 3)}),
    "calm": Verb(2, {}),
    "update_whmcs": Verb(1, {"version": tuple(GENERATIONS)}),
    "wait": Verb(5, {"hours": (1, 24, 24 * 5, 24 * 40)}),
    "rename_plan": Verb(1, {"plan": ("Team", "Group"), "name": ("Team", "Group")}),
    "hold": Verb(1, {"company": WHICH, "days": (0, 5, 50)}),
    "end_hold": Verb(1, {"company": WHICH}),
    "lock": Verb(1, {"company": WHICH}),
    "unlock": Verb(2, {"company": WHICH}),
    "change_password": Verb(1, {"person": WHICH}),
    "add_person": Verb(1, {"company": WHICH, "person": WHICH, "invite": YES_OR_NO}),
    "remove_person": Verb(1, {"member": WHICH}),
    "answer": Verb(1, {"invitation": WHICH, "accept": YES_OR_NO}),
    "sync": Verb(12, {}),
    "approve": Verb(2, {}),
    "reject": Verb(1, {"days": (0, 14)}),
    "settle": Verb(5, {}),
    "kill": Verb(2, {"step": range(1, 90)}),
    "overlap": Verb(1, {"number": (2, 3)}),
    "oversleep": Verb(1, {"step": range(1, 60)}),
}

SEVERAL: dict[str, Verb] = {
    **VERBS,
    **{name: VERBS[name]._replace(weight=weight) for name, weight in {
        "buy": 4, "suspend": 6, "unsuspend": 6, "pay": 8, "move_due_date": 8, "poison": 8, "heal_all": 4, "trouble": 2,
        "kill": 1, "delete_service": 3, "overlap": 0, "oversleep": 0, "sync": 14, "reject": 2,
    }.items()},
    "buy_beside": Verb(8, {"company": WHICH, "plan": PLANS[:3], "pays_old": (True, True, False)}),
    "read_one": Verb(16, {"service": WHICH}),
    "leave_unread": Verb(4, {"days": (2, 16, 40)}),
    "set_grace": Verb(2, {"days": (0, 3, 10)}),
    "mistake_product": Verb(1, {}),
    "foresee": Verb(6, {}),
    "turn_pages": Verb(3, {"one_by_one": YES_OR_NO}),
    "restore_service": Verb(3, {"service": WHICH}),
}  # fmt: skip
"""Where most faults were found: several services, readings of one, a gateway switched off, pages of one row each."""
