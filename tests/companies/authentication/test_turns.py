"""Passwords take turns: first come, first served, and who is turned away loses nothing."""

import runpy
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from companies.authentication import hashing_turns
from companies.authentication.hashers import OwaspArgon2Hasher, encode_readings
from companies.authentication.hashing_turns import MOST_AT_ONCE, MOST_WAITING, TURNS, taking_turns
from companies.authentication.links import set_password_url
from companies.authentication.turns import Busy, Turns
from companies.models import Membership, User
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password

TIMEOUT = 120.0
AT_THE_DOOR = ("ana@example.com", "nobody@example.com")


def wait_until_in_line(turns: Turns, number: int) -> None:
    """No time is measured: it goes on as soon as they stand there."""
    pause = threading.Event()
    for _ in range(50_000):
        if turns.waiting >= number:
            return
        pause.wait(0.002)
    raise AssertionError("They do not stand in line.")


def test_whoever_came_first_is_served_first() -> None:
    turns, served = Turns(at_once=1, most_waiting=5, timeout=TIMEOUT), []

    def come(name: str) -> None:
        with turns.turn():
            served.append(name)

    with ThreadPoolExecutor(5) as people, turns.turn():
        for number, name in enumerate("abcde", start=1):
            people.submit(come, name)
            wait_until_in_line(turns, number)
    assert served == list("abcde")
    assert turns.waiting == 0


def test_no_more_than_so_many_have_a_turn_at_once() -> None:
    turns, inside, most = Turns(at_once=2, most_waiting=40, timeout=TIMEOUT), [], []

    def come(_: int) -> None:
        with turns.turn():
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.002)
            inside.pop()

    with ThreadPoolExecutor(20) as people:
        list(people.map(come, range(40)))
    assert max(most) == 2


def test_a_line_that_is_full_turns_the_next_one_away_and_lets_in_again_afterwards() -> None:
    turns = Turns(at_once=1, most_waiting=0, timeout=TIMEOUT)
    with turns.turn(), pytest.raises(Busy), turns.turn():
        pass
    with turns.turn():
        pass


def test_whoever_has_waited_too_long_leaves_the_line_and_takes_no_turn_with_them() -> None:
    turns = Turns(at_once=1, most_waiting=1, timeout=0.01)
    with turns.turn(), pytest.raises(Busy), turns.turn():
        pass
    assert turns.waiting == 0
    with turns.turn():
        pass


def test_whoever_goes_on_comes_next_and_is_never_turned_away() -> None:
    turns, served = Turns(at_once=1, most_waiting=1, timeout=TIMEOUT), []

    def come(name: str, *, goes_on: bool) -> None:
        with turns.turn(goes_on=goes_on):
            served.append(name)

    with ThreadPoolExecutor(2) as people, turns.turn():
        people.submit(come, "newcomer", goes_on=False)
        wait_until_in_line(turns, 1)
        people.submit(come, "goes on", goes_on=True)
        wait_until_in_line(turns, 2)
    assert served == ["goes on", "newcomer"]


def test_an_error_during_a_turn_ends_it() -> None:
    turns = Turns(at_once=1, most_waiting=0, timeout=TIMEOUT)
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with turns.turn():
        pass


def test_workers_and_commands_wait_for_nobody() -> None:
    with everybody_signs_in():
        assert OwaspArgon2Hasher().encode("secret", "salt" * 4)


def test_a_first_password_with_two_readings_is_looked_at_as_a_whole() -> None:
    """The second reading needs a turn of its own, but nobody is turned away between the two."""
    encoded, hasher = encode_readings(["a&b", "a&amp;b"]), get_hasher("argon2_first")
    with taking_turns(), taken_turns(TURNS.at_once - 1):
        assert hasher.verify("a&amp;b", encoded)


def test_there_are_threads_left_for_pages_while_everybody_signs_in() -> None:
    gunicorn = runpy.run_path(str(Path(__file__).parents[3] / "gunicorn.conf.py"))
    assert gunicorn["threads"] - MOST_AT_ONCE - MOST_WAITING >= 6


@contextmanager
def taken_turns(number: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(TURNS.turn())
        yield


@contextmanager
def everybody_signs_in() -> Iterator[None]:
    """All turns are taken, and the line is full."""
    with ThreadPoolExecutor(MOST_WAITING) as people, taken_turns(TURNS.at_once):
        for number in range(MOST_WAITING):
            people.submit(_take_a_turn)
            wait_until_in_line(TURNS, number + 1)
        yield


def _take_a_turn() -> None:
    with TURNS.turn():
        pass


@pytest.mark.django_db
@pytest.mark.parametrize("address", AT_THE_DOOR)
def test_who_is_turned_away_reads_why_and_loses_nothing_but_the_password(address: str) -> None:
    """Known and unknown addresses alike."""
    make_person(company=make_company())
    browser = Client()
    with everybody_signs_in():
        answer = type_password(browser, address, PASSWORD)
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert "Many people are signing in" in text
    assert address in text
    assert PASSWORD not in text
    assert not is_signed_in(browser)


@pytest.mark.django_db
def test_to_be_turned_away_is_no_failed_attempt() -> None:
    make_person(company=make_company())
    browser = Client()
    with everybody_signs_in():
        for _ in range(12):
            assert type_password(browser, "ana@example.com", PASSWORD).status_code == 503
    type_password(browser, "ana@example.com", PASSWORD)
    assert is_signed_in(browser)


@pytest.mark.django_db
def test_nor_is_it_where_somebody_else_took_the_last_place_a_moment_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companies.authentication.adapters.ensure_room", lambda: None)
    test_to_be_turned_away_is_no_failed_attempt()


@pytest.mark.django_db
def test_pages_open_while_everybody_signs_in() -> None:
    client = sign_in(make_person(company=make_company()))
    with everybody_signs_in():
        assert client.get("/").status_code == 200
        assert Client().get("/accounts/login/").status_code == 200


@pytest.mark.django_db
def test_every_door_with_a_password_takes_turns_and_changes_nothing_when_it_turns_away() -> None:
    person = make_person(company=make_company(users=5))
    client, new = sign_in(person), {"password1": "quite another one", "password2": "quite another one"}
    before = User.objects.get(pk=person.pk).password
    doors = {
        "/accounts/password/change/": {"oldpassword": PASSWORD, **new},
        "/accounts/confirm/": {"password": PASSWORD},
        "/team/": {"email": "bob@example.com", "name": "Bob", "role": "member", "password": "quite another one"},
        set_password_url(person).removeprefix(settings.SITE_URL): new,
    }
    with everybody_signs_in():
        answers = {path: client.post(path, typed) for path, typed in doors.items()}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(doors, 503)
    assert not any(secret in a.content.decode() for a in answers.values() for secret in ("quite another", PASSWORD))
    assert User.objects.get(pk=person.pk).password == before
    assert Membership.objects.count() == 1


@pytest.mark.django_db
def test_who_adds_somebody_with_a_password_keeps_what_else_was_typed() -> None:
    client = sign_in(make_person(company=make_company(users=5)))
    with everybody_signs_in():
        typed = {"email": "bob@example.com", "name": "Bob", "role": "member", "password": "quite another one"}
        text = client.post("/team/", typed).content.decode()
    assert [f'name="{name}" value="{typed[name]}"' in text for name in ("email", "name", "role")] == [True] * 3
    assert hashing_turns.TURNS.waiting == 0
