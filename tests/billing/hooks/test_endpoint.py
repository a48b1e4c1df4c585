"""The address that WHMCS calls: who is believed, what is noted, and that nobody else has us write."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from billing.fields import EncryptedSecret
from billing.hooks import heard, receive, refused
from billing.hooks import secrets as hook_secrets
from billing.models import AttentionItem, GatewayHook, HeardMessage, Kind, ReadRequest, WhmcsGateway
from billing.recovery import pauses
from billing.tick import tick
from billing.wording.attention import explain
from tests.billing.factories import make_gateway
from tests.billing.hooks.conftest import Teller, changed
from tests.companies.factories import make_person, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]
BODY = changed(12)


def requested() -> list[int]:
    return sorted(ReadRequest.objects.values_list("service_id", flat=True))


def test_what_is_signed_is_noted_and_a_service_told_of_again_is_requested_once(teller: Teller) -> None:
    assert [teller.tell(12), teller.tell(12, 13), teller.tell(13)] == [202, 202, 202]
    assert requested() == [12, 13]
    assert set(ReadRequest.objects.values_list("trigger", flat=True)) == {"hook"}
    assert GatewayHook.objects.get().heard_at is not None


def test_a_trial_is_heard_and_requests_nothing(teller: Teller) -> None:
    body = json.dumps({"type": "ping", "data": []}).encode()
    assert teller.post(body, teller.sign(body)).status_code == 202
    assert GatewayHook.objects.get().heard_at is not None
    assert requested() == []


def forged(teller: Teller) -> dict[str, tuple[bytes, dict[str, str]]]:
    good, now = teller.sign(BODY), timezone.now()
    signature = good["webhook-signature"]
    return {
        "nothing": (BODY, {}),
        "another secret": (BODY, teller.sign(BODY, secret="whsec_" + "A" * 44)),
        "one byte of the body": (BODY.replace(b"12", b"13"), good),
        "the same JSON, written otherwise": (BODY.replace(b" ", b""), good),
        "no JSON and no UTF-8": (b"\xff\xfe", good),
        "another id": (BODY, good | {"webhook-id": "msg_other"}),
        "no id": (BODY, good | {"webhook-id": ""}),
        "a long id": (BODY, teller.sign(BODY, message_id="m" * 65)),
        "a line in the id": (BODY, good | {"webhook-id": "msg_\x01"}),
        "another time": (BODY, good | {"webhook-timestamp": str(int(now.timestamp()) + 1)}),
        "too old": (BODY, teller.sign(BODY, at=now - timedelta(minutes=6))),
        "too new": (BODY, teller.sign(BODY, at=now + timedelta(minutes=6))),
        "no number": (BODY, good | {"webhook-timestamp": "now"}),
        "not a number": (BODY, good | {"webhook-timestamp": "nan"}),
        "a huge number": (BODY, good | {"webhook-timestamp": "9" * 400}),
        "an older version": (BODY, good | {"webhook-signature": signature.replace("v1", "v0")}),
        "an unknown version": (BODY, good | {"webhook-signature": signature.replace("v1", "v1a")}),
        "no version": (BODY, good | {"webhook-signature": signature.removeprefix("v1,")}),
        "no base64": (BODY, good | {"webhook-signature": "v1,%%%"}),
        "an empty signature": (BODY, good | {"webhook-signature": "v1,"}),
        "the secret itself": (BODY, {"webhook-secret": teller.secret, "authorization": f"Bearer {teller.secret}"}),
    }


@pytest.mark.parametrize("debug", [False, True])
def test_whoever_does_not_know_the_secret_is_refused_and_nothing_is_noted(teller: Teller, debug: bool) -> None:
    with override_settings(DEBUG=debug):
        answers = {name: teller.post(*call) for name, call in forged(teller).items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert (requested(), HeardMessage.objects.count()) == ([], 0)


def test_one_good_signature_among_several_is_enough(teller: Teller) -> None:
    headers = teller.sign(BODY)
    others = "v0,AAAA v1,AAAA v1a,AAAA "
    assert teller.post(BODY, headers | {"webhook-signature": others + headers["webhook-signature"]}).status_code == 202


def test_an_unknown_gateway_and_one_that_listens_to_nobody_look_exactly_like_a_wrong_secret(teller: Teller) -> None:
    headers = teller.sign(BODY)
    unknown = "/hooks/whmcs/00000000-0000-4000-8000-000000000000/"
    wrong = teller.post(BODY, teller.sign(BODY, secret="whsec_" + "A" * 44))
    nobody = teller.post(BODY, headers, path=unknown)
    hook_secrets.switch_off(teller.gateway)
    closed = teller.post(BODY, headers)
    assert told(wrong)[:2] == (401, b"Refused.\n")
    assert told(nobody) == told(closed) == told(wrong)


def told(answer: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    """All of an answer but its own number."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    return answer.status_code, answer.content, headers


def test_a_secret_that_no_key_opens_is_none(teller: Teller) -> None:
    GatewayHook.objects.update(secrets=EncryptedSecret("gAAAA-broken"))
    assert teller.tell(12) == 401


def test_old_and_new_secret_are_good_together_until_the_old_one_is_dropped(teller: Teller) -> None:
    old = teller.secret
    new = hook_secrets.make(teller.gateway)
    assert [teller.tell(12, secret=old), teller.tell(12, secret=new)] == [202, 202]
    assert hook_secrets.drop_old(teller.gateway)
    assert [teller.tell(12, secret=old), teller.tell(12, secret=new)] == [401, 202]
    assert not hook_secrets.drop_old(teller.gateway)


def test_the_secret_of_one_gateway_is_none_for_another(teller: Teller) -> None:
    other = make_gateway("Other")
    hook_secrets.make(other)
    assert Teller(other, teller.secret).tell(12) == 401
    assert teller.tell(12) == 202
    assert set(ReadRequest.objects.values_list("gateway_id", flat=True)) == {teller.gateway.pk}


def test_a_call_without_the_secret_costs_one_query_and_no_write(teller: Teller) -> None:
    # The first of a minute is written down, for an operator who tries it.
    teller.post(BODY, {})
    for headers in ({}, teller.sign(BODY, secret="whsec_" + "A" * 44)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            teller.post(BODY, headers)
        assert [query["sql"].split()[0] for query in queries] == ["SELECT"]
    with CaptureQueriesContext(connection) as queries:
        teller.post(BODY, {}, path="/hooks/whmcs/00000000-0000-4000-8000-000000000000/")
    assert len(queries) == 1


def test_whoever_is_signed_in_is_nobody_here(teller: Teller) -> None:
    """No cookie is looked at, no CSRF token asked for, and no session written."""
    teller.client = sign_in(make_person("boss@example.com", is_staff=True, is_superuser=True))
    teller.client.handler.enforce_csrf_checks = True
    assert teller.post(BODY, {}).status_code == 401
    headers = teller.sign(BODY)
    with CaptureQueriesContext(connection) as queries:
        answer = teller.post(BODY, headers)
    assert (answer.status_code, answer.cookies) == (202, {})
    assert not [query for query in queries if "session" in query["sql"] or "companies_user" in query["sql"]]


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "options"])
def test_there_is_nothing_to_look_at(teller: Teller, method: str) -> None:
    answer = getattr(Client(), method)(teller.path)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_what_is_too_long_is_not_even_read(teller: Teller) -> None:
    body = b" " * (64 * 1024 + 1)
    with CaptureQueriesContext(connection) as queries:
        assert teller.post(body, teller.sign(body)).status_code == 413
    assert len(queries) == 0
    assert teller.post(BODY + b" " * (64 * 1024 - len(BODY)), {}).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b'{"type": 7}', b'{"type": "service.changed"}', b"[" * 60_000,
        changed(0), changed(-1), changed(2**63), changed(*range(1, 102)),
        b'{"type": "service.changed", "data": {"services": ["12"]}}',
        b'{"type": "service.changed", "data": {"services": 12}}',
        b'{"type": "service.changed", "data": ' + b"[" * 60_000,
    ],
)  # fmt: skip
def test_what_is_rightly_signed_but_no_message_is_told_so(teller: Teller, body: bytes) -> None:
    assert teller.post(body, teller.sign(body)).status_code == 400
    hook = GatewayHook.objects.get()
    assert (hook.refused_why, hook.heard_at, requested()) == ("unreadable", None, [])


def test_the_same_message_again_is_taken_and_changes_nothing(teller: Teller) -> None:
    headers = teller.sign(BODY)
    assert teller.post(BODY, headers).status_code == 202
    ReadRequest.objects.all().delete()
    for _ in range(5):
        assert teller.post(BODY, headers).status_code == 202
    assert (requested(), HeardMessage.objects.count()) == ([], 1)


def test_messages_are_remembered_as_long_as_they_could_be_sent_again(teller: Teller) -> None:
    teller.tell(12)
    tick()
    assert HeardMessage.objects.count() == 1
    HeardMessage.objects.update(heard_at=timezone.now() - heard.KEPT)
    tick()
    assert HeardMessage.objects.count() == 0


def test_a_sender_gone_mad_is_slowed_down_and_fills_nothing(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert teller.tell(*range(1, 101)) == 202
    assert requested() == list(range(1, receive.MOST_SERVICES + 1))
    assert teller.tell(200) == 202
    assert 200 not in requested()
    monkeypatch.setattr(receive, "MOST_MESSAGES", 2)
    body = changed(201)
    answer = teller.post(body, teller.sign(body))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    HeardMessage.objects.update(heard_at=timezone.now() - heard.MINUTE)
    assert teller.tell(202) == 202
    assert 202 in requested()


def test_what_can_t_be_noted_is_not_said_to_be_noted(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_more: object) -> None:
        raise OperationalError

    monkeypatch.setattr("billing.on_demand.read_requests.enqueue", away)
    body = changed(12)
    headers = teller.sign(body)
    answer = teller.post(body, headers)
    assert (answer.status_code, answer["Retry-After"], HeardMessage.objects.count()) == (503, "10", 0)
    monkeypatch.undo()
    # Sent again it is no repetition: nothing of the first was kept.
    assert teller.post(body, headers).status_code == 202
    assert requested() == [12]


@pytest.mark.parametrize("how", ["paused", "disabled"])
def test_a_gateway_that_is_not_read_takes_messages_and_requests_nothing(teller: Teller, how: str) -> None:
    if how == "paused":
        pauses.pause_all(pauses.RESTORED)
    else:
        WhmcsGateway.objects.update(is_enabled=False)
    assert teller.tell(12) == 202
    assert requested() == []


def test_refused_calls_are_counted_and_written_down_once_a_minute(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(30):
        teller.post(BODY, {})
    hook = GatewayHook.objects.get()
    assert (hook.refused_count, hook.refused_why) == (1, "signature")
    monkeypatch.setattr(refused, "WRITTEN_EVERY", timedelta(0))
    teller.tell(12, at=timezone.now() - timedelta(hours=1))
    hook = GatewayHook.objects.get()
    assert (hook.refused_count, hook.refused_why) == (31, "clock")
    item = AttentionItem.objects.get(kind=Kind.HOOK_REFUSED, closed_at=None)
    assert "its time is more than five minutes off" in explain(item)
    teller.tell(12)
    assert GatewayHook.objects.get().refused_count == 0
    assert not AttentionItem.objects.filter(closed_at=None).exists()
