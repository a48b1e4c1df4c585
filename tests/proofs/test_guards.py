"""Every guard is proven by switching it off: the same play is all right with it, and goes wrong without it."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection

from sandbox import SandboxServer
from tests.proofs.guards.guard import Guard
from tests.proofs.guards.stage import Stage
from tests.proofs.guards.table import GUARDS

START = "2026-03-10T12:00:00Z"
ON_STAGE = [pytest.param(g, marks=pytest.mark.django_db(transaction=g.needs_commits), id=g.promise) for g in GUARDS]
EACH_PLAY = list({guard.play: param for guard, param in zip(GUARDS, ON_STAGE, strict=True)}.values())


@pytest.fixture
def stage(whmcs: SandboxServer, no_pauses: None) -> Iterator[Stage]:
    with time_machine.travel(START) as clock:
        yield Stage(whmcs, clock)


@pytest.mark.parametrize("guard", EACH_PLAY)
def test_all_is_well_with_the_guard(guard: Guard, stage: Stage) -> None:
    assert guard.play(stage) == []


@pytest.mark.parametrize("guard", ON_STAGE)
def test_it_goes_wrong_without_the_guard(guard: Guard, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    if guard.only_on not in ("", connection.vendor):
        pytest.skip(f"only {guard.only_on} needs it")
    monkeypatch.setattr(*guard.find(), guard.replacement())
    sentences = guard.play(stage)
    assert any(guard.without in sentence for sentence in sentences), sentences


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.promise)
def test_what_is_switched_off_is_code_of_the_product(guard: Guard) -> None:
    holder, name = guard.find()
    assert guard.where.partition(".")[0] in {"billing", "companies"}
    assert guard.replacement() is not getattr(holder, name)
