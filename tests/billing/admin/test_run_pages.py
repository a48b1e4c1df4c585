"""The pages of runs: what was done, refused and could not be done, and how far a running one is."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from billing import tasks
from billing.admin.searching import rows_about
from billing.management.progress import showing_progress
from billing.models import RunRecord, SyncRun, WhmcsGateway
from billing.runs.progress import progress_of
from billing.steps.run import progress
from billing.steps.run.throughput import Throughput
from companies.models import Company
from sandbox import Shop
from tests.companies.factories import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
Run = Any


def page_of(client: Client, run: SyncRun, query: str = "", language: str = "en") -> str:
    answer = client.get(f"/admin/billing/syncrun/{run.pk}/change/{query}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_a_run_tells_what_was_before_what_is_now_and_why(operator: Client, shop: Shop, run: Run) -> None:
    service = shop.buy("Alice", "Smith", "alice@example.com", plan="Starter", password="a good first one")
    first = page_of(operator, run())
    assert "Company opened" in first
    assert f"WHMCS service {service.id} of client" in first
    shop.change_plan(service.id, "Team")
    page = page_of(operator, run())
    assert "plan: Starter → Team" in page
    assert "Everything was read" in page


def test_what_was_refused_says_why_in_the_readers_language(operator: Client, shop: Shop, run: Run) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", plan="starter", password="a good first one")
    held = run()
    assert "WHMCS says “starter”, the nearest plan here is “Starter”" in page_of(operator, held)
    assert "WHMCS dice “starter”" in page_of(operator, held, language="es")


def test_reasons_that_a_sync_wrote_are_told_in_the_readers_language(operator: Client, shop: Shop, run: Run) -> None:
    service = shop.buy("Alice", "Smith", "alice@example.com", plan="Starter", password="a good first one")
    done = run()
    assert f"El servicio {service.id} de WHMCS, del cliente" in page_of(operator, done, language="es")
    with translation.override("es"):
        assert "La ejecución" not in RunRecord.objects.get().reason


def test_records_are_shown_a_page_at_a_time_by_result_and_by_whom_they_are_about(
    operator: Client, shop: Shop, run: Run
) -> None:
    service = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    done, company = run(), Company.objects.get()
    others = [RunRecord(run=done, result="failed", code="bad_row", service_id=n) for n in range(9000, 9060)]
    RunRecord.objects.bulk_create(others)
    assert "Page 1 of 2" in page_of(operator, done)
    assert "9059" not in page_of(operator, done)
    assert "9059" in page_of(operator, done, "?page=2")
    assert "Alice Smith" not in page_of(operator, done, "?result=failed")
    for term in (str(service.id), "lice", "alice@"):
        page = page_of(operator, done, f"?q={term}")
        assert (company.name in page, "9001" in page) == (True, False)
    assert "Nothing of this run is like that" in page_of(operator, done, "?q=nobody")
    assert "Page 2 of 2" in page_of(operator, done, "?page=999&result=nonsense")


def test_a_company_is_looked_for_in_a_long_run_by_its_services(shop: Shop, run: Run) -> None:
    """Not by reading all that the run has done."""
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    done = run()
    others = [RunRecord(run=done, result="failed", code="bad_row", service_id=n) for n in range(9000, 12000)]
    RunRecord.objects.bulk_create(others)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = rows_about(done.records.order_by("pk"), "lice")
    assert found.get().company == Company.objects.get()
    assert "record_by_service" in found[:50].explain()


def running(gateway: WhmcsGateway, **columns: Any) -> SyncRun:
    now = timezone.now()
    gateway.lease_until, gateway.lease_holder = now + timedelta(minutes=2), "elsewhere/1:2"
    gateway.save(update_fields=["lease_until", "lease_holder"])
    told = {"progress_at": now, **columns}
    return SyncRun.objects.create(gateway=gateway, trigger="operator", started_at=now - timedelta(minutes=2), **told)


def test_a_run_that_goes_on_shows_how_far_it_is_and_how_long_it_will_take(
    operator: Client, gateway: WhmcsGateway
) -> None:
    run = running(gateway, seen=4500, unchanged=4000, created=250, expected=10_000, phase="prepare", pace=42.6)
    page = page_of(operator, run)
    assert "4,250 of 10,000 services done." in page
    assert 'value="42"' in page
    assert "run-progress.js" in page
    told = operator.get(f"/admin/billing/syncrun/{run.pk}/progress/").json()
    assert told["is_running"]
    assert told["share"] == 42
    assert told["left"] == 135
    assert told["counts"]["created"] == "250"
    assert "About 2 minutes left." in told["text"].replace("\xa0", " ")


@pytest.mark.parametrize(
    ("pace", "minutes", "words"),
    [
        (10, 10, "Between 10 minutes and 40 minutes left."),
        (1, 5, "Between 20 minutes and 1 hour left."),
        (1000, 10, "Up to 40 minutes left."),
    ],
)
def test_where_it_was_slower_or_faster_before_both_estimates_are_told(
    gateway: WhmcsGateway, pace: float, minutes: int, words: str
) -> None:
    run = running(gateway, seen=2000, created=1500, expected=7500, phase="prepare", pace=pace)
    SyncRun.objects.filter(pk=run.pk).update(started_at=F("progress_at") - timedelta(minutes=minutes))
    run.refresh_from_db()
    assert words in progress_of(run, timezone.now()).text.replace("\xa0", " ")


def test_a_run_that_has_told_nothing_yet_has_just_begun(operator: Client, gateway: WhmcsGateway) -> None:
    begun = running(gateway, progress_at=None)
    told = operator.get(f"/admin/billing/syncrun/{begun.pk}/progress/").json()
    assert (told["is_running"], told["text"], told["share"]) == (True, "It has just begun.", None)


def test_after_the_reading_it_names_what_it_does(operator: Client, gateway: WhmcsGateway) -> None:
    run = running(gateway, seen=3, expected=3, phase="confirm")
    assert "Reading a second time what would take access away" in page_of(operator, run)


def test_a_run_whose_runner_died_says_so_and_is_followed_no_longer(operator: Client, gateway: WhmcsGateway) -> None:
    run = running(gateway, seen=5, expected=10, phase="fetch")
    WhmcsGateway.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    page = page_of(operator, run)
    assert "Whoever was running it is gone" in page
    assert "run-progress.js" not in page
    assert not operator.get(f"/admin/billing/syncrun/{run.pk}/progress/").json()["is_running"]
    assert ">died<" in operator.get("/admin/billing/syncrun/").content.decode()


def test_a_long_run_tells_how_far_it_is_and_a_short_one_writes_nothing_for_it(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    assert writes_of_the_row(run) == 1
    shop.buy("Bob", "Jones", "bob@example.com", password="a good first one")
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_SIGNS", 0)
    assert writes_of_the_row(run) > 1
    told = SyncRun.objects.latest("pk")
    assert (told.seen, told.expected, told.phase, told.progress_at) == (2, 2, "", None)


def writes_of_the_row(run: Run) -> int:
    """How often a run that is not lost writes the row that it created."""
    with CaptureQueriesContext(connection) as asked:
        run()
    return sum(one["sql"].startswith('UPDATE "billing_syncrun"') and "lost" not in one["sql"] for one in asked)


def test_who_may_not_look_at_runs_learns_nothing(operator: Client, gateway: WhmcsGateway) -> None:
    run = running(gateway)
    stranger = sign_in(make_person("helper@example.com", is_staff=True))
    assert stranger.get(f"/admin/billing/syncrun/{run.pk}/change/").status_code == 403
    assert stranger.get(f"/admin/billing/syncrun/{run.pk}/progress/").status_code == 403
    assert stranger.get(f"/admin/billing/syncrun/latest/{gateway.pk}/").status_code == 403


def test_the_newest_run_of_a_gateway_has_an_address_and_one_that_was_asked_for_is_waited_for(
    operator: Client, gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = f"/admin/billing/syncrun/latest/{gateway.pk}/"
    assert operator.get(latest)["Location"] == "/admin/billing/syncrun/"
    old = running(gateway)
    assert operator.get(latest)["Location"] == f"/admin/billing/syncrun/{old.pk}/change/"
    monkeypatch.setattr(tasks.sync_gateway, "apply_async", lambda *args, **rest: None)
    page = operator.post(f"/admin/billing/whmcsgateway/{gateway.pk}/sync/", follow=True).content.decode()
    follow = re.findall(rf"{latest}\?since=\d+", page)[0]
    assert "begins as soon as a worker is free" in operator.get(follow).content.decode()
    newest = SyncRun.objects.create(gateway=gateway, trigger="operator")
    assert operator.get(follow)["Location"] == f"/admin/billing/syncrun/{newest.pk}/change/"


@pytest.mark.parametrize("since", ["x", "9" * 30, "²", "-1"])
def test_a_moment_that_is_none_is_no_error(operator: Client, gateway: WhmcsGateway, since: str) -> None:
    assert operator.get(f"/admin/billing/syncrun/latest/{gateway.pk}/", {"since": since}).status_code == 302


def printed(*arguments: str) -> Any:
    out = StringIO()
    call_command("sync_runs", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_line_lists_runs_and_tells_all_of_one(shop: Shop, run: Run, gateway: WhmcsGateway) -> None:
    service = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    first, second = run(), run()
    assert [row["id"] for row in printed()] == [second.pk, first.pk]
    assert [row["id"] for row in printed(gateway.name, "--limit", "1")] == [second.pk]
    one = printed("--run", str(first.pk))
    assert (one["outcome"], one["created"]) == ("complete", 1)
    assert [record["service_id"] for record in one["records"]] == [service.id]
    text = StringIO()
    call_command("sync_runs", "--run", str(first.pk), stdout=text)
    assert f"created: service {service.id} (provision)" in text.getvalue()


@pytest.mark.parametrize("arguments", [("--run", "999"), ("Nobody",)])
def test_a_run_or_gateway_that_is_not_there_ends_the_command_with_2(
    gateway: WhmcsGateway, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("sync_runs", *arguments)
    assert ended.value.returncode == 2


def test_an_estimate_is_made_only_where_there_is_a_pace(gateway: WhmcsGateway) -> None:
    for known in ({"unchanged": 0, "pace": 1}, {"unchanged": 10, "pace": 1}, {"unchanged": 5, "pace": None}):
        at_work = running(gateway, seen=10, expected=10, phase="fetch", **known)
        assert "left" not in progress_of(at_work, timezone.now()).text
    soon = running(gateway, seen=10, unchanged=9, expected=10, phase="fetch", pace=0.1)
    assert "Less than a minute left." in progress_of(soon, timezone.now()).text


def test_while_all_is_read_before_anything_is_done_it_tells_how_much_was_read(gateway: WhmcsGateway) -> None:
    told = progress_of(running(gateway, seen=4, expected=10, phase="fetch"), timezone.now())
    assert (told.text, told.share, told.left) == ("4 of 10 services read.", 40, None)


def test_the_pace_is_that_of_the_last_minutes() -> None:
    pace = Throughput()
    assert pace.after(0, 0.0) is None
    assert pace.after(10_000, 2.0) == 5000
    for second in range(4, 400, 2):
        late = pace.after(10_000 + second * 100, second)
    assert late == pytest.approx(100)


def test_the_command_line_shows_a_terminal_how_far_it_is_and_nothing_else(
    shop: Shop, gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_SIGNS", 0)
    for name in ("Alice", "Bob"):
        shop.buy(name, "Smith", f"{name}@example.com", password="a good first one")
    for is_terminal in (True, False):
        out, err = StringIO(), StringIO()
        monkeypatch.setattr(err, "isatty", lambda answer=is_terminal: answer)
        with pytest.raises(SystemExit):
            call_command("sync_gateway", "--json", stdout=out, stderr=err)
        assert json.loads(out.getvalue())["outcome"] == "complete"
        assert ("2 of 2 services" in err.getvalue()) == is_terminal
        assert err.getvalue().endswith("\r\x1b[K") == is_terminal


def test_a_terminal_is_shown_how_far_it_is_also_when_its_lease_was_extended_long_since(
    gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running(gateway, seen=4500, created=4250, expected=10_000, phase="prepare", pace=42.6)
    run.gateway.lease_until = timezone.now() - timedelta(minutes=1)  # as it was when the run began
    err = StringIO()
    monkeypatch.setattr(err, "isatty", lambda: True)
    with showing_progress(OutputWrapper(err)) as watch:
        assert watch is not None
        watch(run)
    assert "4,250 of 10,000 services done. About 2" in err.getvalue()


def test_the_start_page_shows_what_is_being_read_just_now(operator: Client, gateway: WhmcsGateway) -> None:
    assert "services done" not in operator.get("/admin/").content.decode()
    run = running(gateway, seen=4500, unchanged=4000, created=250, expected=10_000, phase="prepare", pace=42.6)
    page = operator.get("/admin/").content.decode()
    assert "Being read just now: 4,250 of 10,000 services done. About 2" in page
    assert f"/admin/billing/syncrun/{run.pk}/change/" in page
    WhmcsGateway.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert "services done" not in operator.get("/admin/").content.decode()


def test_a_run_is_called_after_the_hour_of_this_place(gateway: WhmcsGateway) -> None:
    """As its page says it, and not as UTC does."""
    run = SyncRun(gateway=gateway, started_at=datetime(2026, 11, 27, 2, 29, 20, tzinfo=UTC))
    with timezone.override("America/Sao_Paulo"):
        assert str(run) == f"{gateway} 2026-11-26 23:29:20"
