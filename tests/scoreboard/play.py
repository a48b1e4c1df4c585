"""One scenario for one side; everything that is said about it is measured here."""

from dataclasses import dataclass, field

from django.core import mail

from tests.proofs import places
from tests.proofs.leaks import Hunt
from tests.scoreboard import past
from tests.scoreboard.probe import Standing, look, password_trouble, strangers, surplus
from tests.scoreboard.scenario import Ran, Scenario, Side
from tests.scoreboard.stage import CANARIES, Stage

TRACEBACK = b"Traceback (most recent call last)"


@dataclass(slots=True)
class Measured:
    """What happened. Numbers are of services; `wrong` and `waiting` are those after the last reading."""

    ran: list[Ran] = field(default_factory=list)
    last: Ran = field(default_factory=lambda: Ran(-1, ""))
    locked: set[int] = field(default_factory=set)
    opened: set[int] = field(default_factory=set)
    green_though_wrong: bool = False
    unserved: set[int] = field(default_factory=set)
    still_locked: set[int] = field(default_factory=set)
    still_open: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)


def play(scenario: Scenario, side: Side) -> Measured:
    """Let it happen to one side, in a database that holds nothing but its past."""
    mail.outbox = []
    hunt, measured = Hunt(CANARIES), Measured()
    stage = past.put_back(side)
    with stage.server, places.listening(hunt):
        try:
            scenario.past(stage)
            _measure(scenario, side, stage, measured)
        finally:
            stage.close()
        places.add_database(hunt)
        places.add_mails(hunt)
        places.add_broker(hunt)
        for ran in (*measured.ran, measured.last):
            hunt.add("output", ran.output)
        if side.is_ticketz and any(TRACEBACK in text for kind in ("output", "logs") for text in hunt.places[kind]):
            measured.troubles.append("a traceback in output or log")
        if any(request.secret_was_right for other in stage.others for request in other.requests):
            measured.leaks.append("the API secret was sent to another server")
    measured.leaks += sorted({f"{find.split(' (')[0]}" for find in hunt.finds()})
    return measured


def _measure(scenario: Scenario, side: Side, stage: Stage, measured: Measured) -> None:
    scenario.change(stage)
    before = look(stage, side.gate)
    scenario.disturb(stage)
    for _ in range(scenario.runs):
        ran = scenario.run(stage, side)
        measured.ran.append(ran)
        _take(measured, before, look(stage, side.gate), ran)
        if scenario.lasts:
            measured.unserved = look(stage, side.gate).wrong() - {stage.of(name) for name in scenario.spared}
    if side.is_ticketz:
        scenario.operator(stage)
    scenario.mend(stage)
    measured.last = side.run(stage)
    _take_end(measured, look(stage, side.gate), measured.last)
    measured.troubles += [*surplus(stage), *strangers(stage), *password_trouble(stage.new), *scenario.look(stage)]


def _take(measured: Measured, before: Standing, now: Standing, ran: Ran) -> None:
    measured.locked |= now.locked_since(before)
    measured.opened |= now.opened_since(before)
    measured.green_though_wrong |= ran.status == 0 and bool(now.wrong())


def _take_end(measured: Measured, now: Standing, ran: Ran) -> None:
    measured.lost = now.orders_waiting()
    measured.still_locked = {i for i in now.wrong() if now.rights[i]} - measured.lost
    measured.still_open = {i for i in now.wrong() if not now.rights[i]}
    measured.green_though_wrong |= ran.status == 0 and bool(now.wrong())
