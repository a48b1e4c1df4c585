"""From what was measured to a verdict and to the words of the table."""

from collections.abc import Iterator

from tests.scoreboard.play import Measured
from tests.scoreboard.scenario import Ran
from tests.scoreboard.sides import NEVER_ENDS


def failures(measured: Measured) -> list[str]:
    """What went wrong for people, one clause each; empty where the side holds."""
    return list(_failures(measured))


def holds(measured: Measured) -> bool:
    return not failures(measured)


def describe(measured: Measured) -> str:
    """The cell of the table: what happened to people, and what the operator was told."""
    parts = failures(measured) or ["nobody loses anything"]
    text = "; ".join([*parts, *_endings(measured)])
    return text[0].upper() + text[1:] + "."


def _failures(measured: Measured) -> Iterator[str]:
    if measured.locked:
        yield f"locks out {_people(measured.locked)} who paid"
    if measured.opened:
        yield f"lets in {_people(measured.opened)} who did not pay"
    if measured.unserved:
        yield f"{_people(measured.unserved)} not served as long as it lasts"
    if lost := measured.lost - measured.unserved:
        yield f"{len(lost)} paid order{'s' * (len(lost) > 1)} lost"
    if locked := measured.still_locked - measured.unserved:
        yield f"{_people(locked)} still locked out afterwards"
    if opened := measured.still_open - measured.unserved:
        yield f"{_people(opened)} still in afterwards without paying"
    yield from sorted(set(measured.troubles))
    yield from (f"leaks the {leak}" if " in " in leak else leak for leak in measured.leaks)
    if measured.green_though_wrong:
        yield "reports success all the while"
    if any(ran.output == NEVER_ENDS for ran in measured.ran):
        yield "never ends by itself"


def _endings(measured: Measured) -> Iterator[str]:
    """How the readings during the fault ended, each way once."""
    yield from dict.fromkeys(_ending(ran) for ran in measured.ran if ran.output != NEVER_ENDS)


def _ending(ran: Ran) -> str:
    if ran.outcome == "killed":
        return "killed"
    trace = " with a traceback" if ran.has_traceback else ""
    word = f"{ran.outcome}, " if ran.outcome else ""
    return f"{word}exit {ran.status}{trace}"


def _people(services: set[int]) -> str:
    return f"{len(services)} customer{'s' * (len(services) > 1)}"
