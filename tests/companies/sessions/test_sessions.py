"""Where a person is signed in, and signing out there."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from companies.audit.log import AuditCode
from companies.models import AuditEntry, Membership, User
from companies.sessions.browsers import browser_and_system
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password
from tests.companies.factors import give_app

PATH = "/account/sessions/"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Safari/604.1"


def browser(user_agent: str, email: str = "ana@example.com") -> Client:
    client = Client(headers={"user-agent": user_agent})
    type_password(client, email, PASSWORD)
    assert client.get("/account/").status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def key(client: Client) -> int:
    return int(UserSession.objects.get(session_key=client.session.session_key).pk)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (WINDOWS, ("Firefox", "Windows")),
        (PHONE, ("Safari", "iPhone")),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36", ("Chrome", "Linux")),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0.0.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Macintosh) Chrome/140.0 Safari/537.36 OPR/120.0", ("Opera", "Mac")),
        ("curl/8.5.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_browsers_have_the_names_that_people_know(user_agent: str, words: tuple[str, str]) -> None:
    assert browser_and_system(user_agent) == words


@pytest.mark.django_db
class TestSessions:
    @pytest.fixture(autouse=True)
    def ana(self) -> User:
        return make_person(company=make_company())

    def test_the_page_tells_this_browser_and_the_others_with_their_addresses(self) -> None:
        browser(PHONE)
        page = browser(WINDOWS).get(PATH).content.decode()
        for text in (
            "Firefox on Windows",
            "Safari on iPhone",
            "127.0.0.1",
            "this browser",
            "Seen within the last ten minutes.",
        ):
            assert text in page
        assert page.index("Firefox on Windows") < page.index("Safari on iPhone")

    def test_one_browser_is_signed_out_and_the_others_stay(self) -> None:
        here, phone, third = browser(WINDOWS), browser(PHONE), browser("curl/8")
        page = here.post(f"{PATH}{key(phone)}/end/", follow=True).content.decode()
        assert "That browser is signed out." in page
        assert [is_in(client) for client in (here, phone, third)] == [True, False, True]
        entry = AuditEntry.objects.get(code=AuditCode.SESSIONS_ENDED)
        assert (entry.actor_label, entry.details) == ("ana@example.com", {"count": "1"})

    def test_everywhere_else_is_everywhere_also_where_nothing_was_written_down(self) -> None:
        here, phone, unknown = browser(WINDOWS), browser(PHONE), browser("curl/8")
        UserSession.objects.get(pk=key(unknown)).delete()
        old = here.cookies["sessionid"].value
        page = here.post(f"{PATH}end-others/", follow=True).content.decode()
        assert "You are signed out everywhere else." in page
        assert [is_in(client) for client in (here, phone, unknown)] == [True, False, False]
        thief = Client()
        thief.cookies["sessionid"] = old
        assert not is_in(thief)
        assert AuditEntry.objects.get(code=AuditCode.SESSIONS_ENDED).details == {"count": "1"}
        again = browser(PHONE)
        assert [is_in(client) for client in (here, again)] == [True, True]

    def test_other_people_stay_signed_in(self) -> None:
        other = sign_in(make_person("bob@example.com"))
        assert is_in(other)
        browser(WINDOWS).post(f"{PATH}end-others/")
        assert is_in(other)

    def test_a_session_of_somebody_else_is_like_one_that_does_not_exist(self) -> None:
        make_person("bob@example.com")
        bob, here = browser(PHONE, "bob@example.com"), browser(WINDOWS)
        answers = [here.post(f"{PATH}{pk}/end/") for pk in (key(bob), key(here), 987654)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert answers[0].content == answers[2].content
        assert [is_in(client) for client in (bob, here)] == [True, True]

    def test_what_has_ended_in_another_way_is_not_listed(self) -> None:
        here, left, old = browser(WINDOWS), browser(PHONE), browser("Edg OPR/ Macintosh")
        left.post("/accounts/logout/")
        Session.objects.filter(session_key=old.session.session_key).update(expire_date=timezone.now())
        page = here.get(PATH).content.decode()
        assert ("Firefox on Windows" in page, "Safari" in page, "Edge" in page) == (True, False, False)
        assert UserSession.objects.count() == 1

    def test_a_new_password_leaves_one_session_in_the_list(self) -> None:
        here = browser(WINDOWS)
        browser(PHONE)
        new = "another horse battery"
        here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        page = here.get(PATH).content.decode()
        assert ("this browser" in page, "Safari" in page) == (True, False)

    def test_an_operator_who_was_away_too_long_is_not_listed_as_signed_in(self, ana: User) -> None:
        User.objects.update(is_staff=True)
        browser(PHONE).get("/admin/")
        with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
            assert "Safari" not in browser(WINDOWS).get(PATH).content.decode()

    def test_when_a_browser_was_last_seen_is_written_once_in_ten_minutes(self) -> None:
        here = browser(WINDOWS)
        begun = UserSession.objects.get().last_seen_at
        for minutes, moved in ((9, False), (11, True)):
            with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
                here.get("/account/")
            assert (UserSession.objects.get().last_seen_at > begun) is moved

    def test_a_click_reads_one_row_more_and_makes_no_session_last_longer(
        self, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        here = browser(WINDOWS)
        ends = Session.objects.get().expire_date
        Membership.objects.update(last_seen_at=timezone.now())
        with django_assert_max_num_queries(6) as captured:
            here.get("/team/")
        assert [q for q in captured.captured_queries if not q["sql"].lstrip("(").startswith("SELECT")] == []
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
            here.get("/account/")
        assert Session.objects.get().expire_date == ends

    def test_a_second_factor_is_asked_for_first(self, ana: User) -> None:
        here = browser(WINDOWS)
        give_app(ana)
        for path in ("", f"{key(here)}/end/", "end-others/"):
            answer = here.get(PATH) if not path else here.post(PATH + path)
            assert answer["Location"].startswith("/accounts/confirm/"), path
        assert User.objects.get().session_epoch == 0

    def test_a_browser_is_text_whatever_it_calls_itself(self) -> None:
        page = browser("<script>alert(1)</script> " * 20).get(PATH).content.decode()
        assert "A browser that does not say which one it is" in page
        assert "alert(1)" not in page
