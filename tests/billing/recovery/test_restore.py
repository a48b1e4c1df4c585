"""An old backup is restored: nobody is locked out, nobody is mailed, and after one go one run brings all in line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.utils import timezone

from billing.errors import GatewayPaused, LeaseLost
from billing.models import AttentionItem, Kind, SyncRun, WhmcsGateway
from billing.recovery import pauses
from billing.runs.lease import claim
from billing.tick import tick
from companies import lifecycle
from companies.access import Reason
from companies.events import Actor
from companies.mail import outbox
from companies.models import Company, Event, OutgoingMail, User
from companies.standings.facts import access_of
from sandbox import Service, Shop
from tests.billing.conftest import Sync
from tests.proofs import stores

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]
NAMES = ("Alice", "Bob", "Carla", "Dora", "Erik", "Fay", "Gus")
FROM_SHOP = "typed in the cart 1"
CHOSEN = "chosen by Alice herself"


def buy(shop: Shop, name: str, password: str = FROM_SHOP) -> Service:
    return shop.buy(name, "Smith", f"{name.lower()}@example.com", plan="Team", password=password)


def reasons() -> dict[str, Reason]:
    companies = Company.objects.select_related("source")
    return {company.name.split()[0]: access_of(company).reason for company in companies}


def is_open() -> dict[str, bool]:
    return {company.name.split()[0]: access_of(company).is_open for company in Company.objects.select_related("source")}


def person(name: str) -> User:
    return User.objects.get(email=f"{name.lower()}@example.com")


@contextmanager
def restored(shop: Shop, run: Sync, meanwhile: Callable[[dict[str, Service]], object]) -> Iterator[dict[str, Service]]:
    """Seven customers; a backup; 35 days on which `meanwhile` happens; the backup is restored, and it is day 36."""
    services = {name: buy(shop, name) for name in NAMES[:-1]} | {"Gus": buy(shop, "Gus", password="")}
    for service in services.values():
        shop.move_due_date(service.id, shop.today + timedelta(days=1))
    run()
    shop.suspend(services["Erik"].id)
    run()
    lifecycle.lock(
        Company.objects.get(name="Fay Smith"), reason="abuse", actor=Actor("operator"), at=timezone.now()
    )  # fmt: skip
    alice = person("Alice")
    alice.set_password(CHOSEN)
    alice.save()
    with stores.frozen() as backup, time_machine.travel(timezone.now() + timedelta(days=35), tick=True):
        meanwhile(services)
        run()
        outbox.send_due_mails()
        django_mail.outbox.clear()
        backup.restore()
        yield services


def life_goes_on(shop: Shop) -> Callable[[dict[str, Service]], None]:
    """Everybody but Bob pays, Carla ends it, Henry comes."""

    def meanwhile(services: dict[str, Service]) -> None:
        for name in ("Alice", "Carla", "Dora", "Fay", "Gus"):
            services[name] = shop.renew(services[name].id, 2)
        shop.terminate(services["Carla"].id)
        buy(shop, "Henry")

    return meanwhile


def test_the_next_tick_pauses_everything_and_one_run_after_the_go_brings_all_in_line(shop: Shop, run: Sync) -> None:
    with restored(shop, run, life_goes_on(shop)) as services:
        assert not is_open()["Alice"], "a restore that nobody notices locks out people who paid"
        runs = SyncRun.objects.count()
        tick.delay()
        assert is_open() == {**dict.fromkeys(NAMES, True), "Erik": False, "Fay": False}
        assert reasons()["Alice"] is Reason.READING_PAUSED
        assert (reasons()["Erik"], reasons()["Fay"]) == (Reason.SUSPENDED, Reason.LOCKED)
        assert (SyncRun.objects.count(), django_mail.outbox) == (runs, [])
        item = AttentionItem.objects.get(kind=Kind.PAUSED, closed_at=None)

        assert pauses.resume(WhmcsGateway.objects.get())
        assert is_open()["Alice"], "the go alone confirms nothing"
        tick.delay()
        gateway = WhmcsGateway.objects.get()
        assert (gateway.paused_at, gateway.pause_reason, gateway.resumed_at) == (None, "", None)
        item.refresh_from_db()
        assert item.closed_at is not None
        assert is_open() == {
            "Alice": True, "Bob": False, "Carla": False, "Dora": True, "Erik": False, "Fay": False, "Gus": True,
            "Henry": True,
        }  # fmt: skip
        assert Company.objects.get(name="Alice Smith").due_date == services["Alice"].next_due_date
        assert reasons()["Bob"] is Reason.OVERDUE
        assert run().changed == 0


def test_passwords_from_the_cart_are_not_given_to_people_who_are_here(shop: Shop, run: Sync) -> None:
    with restored(shop, run, life_goes_on(shop)):
        tick.delay()
        pauses.resume(WhmcsGateway.objects.get())
        run()
        assert person("Alice").check_password(CHOSEN)
        assert not person("Alice").check_password(FROM_SHOP)
        assert not person("Gus").has_usable_password()
        assert person("Henry").check_password(FROM_SHOP), "whom the backup does not know is new"


def test_mails_of_the_backup_are_never_sent_and_a_reset_asked_for_since_is(shop: Shop, run: Sync) -> None:
    with restored(shop, run, lambda services: None):
        waiting = OutgoingMail.objects.get(sent_at=None)
        assert waiting.user == person("Gus")
        outbox.queue_password_reset(person("Bob"))
        with time_machine.travel(timezone.now() + timedelta(seconds=5), tick=True):
            tick.delay()
            outbox.queue_password_reset(person("Alice"))
            outbox.queue_welcome(person("Dora"))
            tick.delay()
            assert [sent.to for sent in django_mail.outbox] == [["alice@example.com"]]

            pauses.resume(WhmcsGateway.objects.get())
            tick.delay()
            assert [sent.to[0] for sent in django_mail.outbox] == ["alice@example.com", "dora@example.com"]
        waiting.refresh_from_db()
        assert (waiting.sent_at, waiting.last_error) == (None, "restored from a backup")


def test_a_run_that_is_started_first_notices_it_too_and_asks_whmcs_nothing(shop: Shop, run: Sync) -> None:
    with restored(shop, run, life_goes_on(shop)):
        stories = Event.objects.count()
        with pytest.raises(GatewayPaused, match="older than what was done with it"):
            run()
        assert Event.objects.count() == stories


def test_a_run_that_is_not_complete_does_not_end_the_pause(shop: Shop, run: Sync) -> None:
    with restored(shop, run, life_goes_on(shop)):
        tick.delay()
        pauses.resume(WhmcsGateway.objects.get())
        WhmcsGateway.objects.update(api_identifier="somebody else")
        assert run().outcome == SyncRun.Outcome.FAILED
        assert WhmcsGateway.objects.get().paused_at is not None
        assert is_open()["Alice"]


def test_a_runner_from_before_the_restore_never_writes_again(shop: Shop, run: Sync, gateway: WhmcsGateway) -> None:
    with stores.frozen() as backup:
        run()
        held = claim(gateway)
        sleeper = held.__enter__()
        backup.restore()
        tick.delay()
        pauses.resume(gateway)
        for _ in range(3):
            with pytest.raises(LeaseLost):
                sleeper.extend()
            run()
        held.__exit__(None, None, None)


def test_the_same_backup_can_be_restored_twice(shop: Shop, run: Sync) -> None:
    run()
    SyncRun.objects.update(started_at=timezone.now() - timedelta(days=1))
    with stores.frozen() as backup:
        for _ in range(2):
            run()
            backup.restore()
            tick.delay()
            assert WhmcsGateway.objects.get().paused_at is not None
            pauses.resume(WhmcsGateway.objects.get())
            tick.delay()
            assert WhmcsGateway.objects.get().paused_at is None


def test_after_restore_pauses_without_any_mark_and_says_what_is_lost(
    shop: Shop, run: Sync, capsys: pytest.CaptureFixture[str]
) -> None:
    with restored(shop, run, life_goes_on(shop)):
        WhmcsGateway.objects.update(uid="00000000-0000-4000-8000-000000000000")
        call_command("after_restore")
        gateway = WhmcsGateway.objects.get()
        assert (gateway.pause_reason, is_open()["Alice"]) == ("restored from a backup", True)
        printed = capsys.readouterr().out
        for text in ("restored from a backup", 'sync_gateway "Shop" --resume', "passwords", "created again from WHMCS"):
            assert text in printed
