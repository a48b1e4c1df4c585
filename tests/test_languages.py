"""People read pages, mails and what went wrong in their own language."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from billing.errors import SENTENCES, ErrorCode, GatewayDenied
from billing.models import AttentionItem, Kind, SyncRun, WhmcsGateway
from billing.wording.attention import explain, sentence
from billing.wording.errors import translated
from companies.access import Reason
from companies.mail.outbox import queue_invitation, queue_welcome, send_due_mails
from companies.models import AuditEntry, Company, Invitation
from companies.standings.facts import access_of
from tests.billing.factories import make_gateway
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password
from tests.companies.factors import SECOND_STEP, code_now, give_app
from tests.page_language import LOCALES, ensure_no_english, page_in

# One of our sentences for each page, as whoever reads that language expects it.
SIGN_IN = {"pt-br": "Esqueceu sua senha?", "es": "¿Olvidó su contraseña?"}
OVERVIEW = {"pt-br": "Renova em 20 dias", "es": "Se renueva en 20 días"}
TEAM = {"pt-br": "Adicionar alguém", "es": "Añadir a alguien"}
KEPT_OPEN = {"pt-br": "Por enquanto fica aberta", "es": "Por ahora se mantiene abierta"}
WAS_KEPT_OPEN = {"pt-br": "Um operador a manteve aberta até", "es": "Un operador la mantuvo abierta hasta el"}
ADMIN = {"pt-br": "Última leitura completa", "es": "Última lectura completa"}
both_languages = pytest.mark.parametrize("language", list(LOCALES))


@pytest.mark.django_db
@both_languages
def test_the_sign_in_page_in_each_language(language: str) -> None:
    page = page_in(language, "/accounts/login/", Client())
    assert SIGN_IN[language] in page
    ensure_no_english(page, language)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "words"), [("/", OVERVIEW), ("/team/", TEAM)])
@both_languages
def test_a_customers_pages_in_each_language(language: str, path: str, words: dict[str, str]) -> None:
    client = sign_in(make_person(company=make_company()))
    page = page_in(language, path, client)
    assert words[language] in page
    ensure_no_english(page, language)


@pytest.mark.django_db
@both_languages
def test_a_blocked_companys_page_in_each_language(language: str) -> None:
    client = sign_in(make_person(company=make_company(status="suspended")))
    page = client.get("/", headers={"accept-language": language}).content.decode()
    ensure_no_english(page, language)


@pytest.mark.django_db
@both_languages
def test_the_pages_of_a_company_that_was_kept_open_and_not_read_since_in_each_language(language: str) -> None:
    now, gateway = timezone.now(), make_gateway()
    WhmcsGateway.objects.update(confirmed_at=now - timedelta(days=4))
    company = make_company(status="suspended", hold_until=timezone.localdate() - timedelta(days=2), hold_reason="-")
    Company.objects.update(source=gateway)
    assert access_of(Company.objects.get()).reason is Reason.HOLD_UNCONFIRMED
    for person, path, words in (
        (make_person(company=company), "/", KEPT_OPEN),
        (make_person("op@example.com", is_staff=True, is_superuser=True),
         f"/admin/companies/company/{company.pk}/change/", WAS_KEPT_OPEN),
    ):  # fmt: skip
        page = page_in(language, path, sign_in(person))
        assert words[language] in page
        ensure_no_english(page, language)


@pytest.mark.django_db
@both_languages
def test_the_pages_of_two_factor_sign_in_in_each_language(language: str) -> None:
    user = make_person(company=make_company(), name="")
    client = Client(headers={"accept-language": language})
    type_password(client, user.email, PASSWORD)
    pages = [client.get(f"/accounts/two-factor/{path}") for path in ("", "app/", "passkeys/add/")]
    secret = give_app(user)
    type_password(client := Client(headers={"accept-language": language}), user.email, PASSWORD)
    pages += [client.get(SECOND_STEP), client.post(SECOND_STEP, {"code": "1"})]
    client.post(SECOND_STEP, {"code": code_now(secret)})
    pages += [
        client.get(f"/accounts/two-factor/{path}") for path in ("", "app/remove/", "codes/new/", "codes/", "codes/")
    ]
    pages.append(client.get("/accounts/confirm/code/"))
    for page in pages:
        assert page.status_code == 200
        ensure_no_english(page.content.decode(), language)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["billing/whmcsgateway/", "billing/whmcsgateway/add/", "billing/attentionitem/", "billing/syncrun/",
     "companies/company/", "companies/user/", "companies/event/", "companies/outgoingmail/", "plans/plan/add/",
     "runbook/", "runbook/paused/", "runbook/ticketzmanyblocked/"],
)  # fmt: skip
@both_languages
def test_the_administration_in_each_language(language: str, path: str) -> None:
    client = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    make_gateway()
    page = page_in(language, f"/admin/{path}", client)
    ensure_no_english(page, language)
    assert path != "billing/whmcsgateway/" or ADMIN[language] in page


@pytest.mark.django_db
def test_the_page_of_a_run_tells_in_the_readers_language_what_went_wrong() -> None:
    client = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    error = GatewayDenied(ErrorCode.ACTION_NOT_ALLOWED, action="GetClientsDetails")
    run = SyncRun.objects.create(
        gateway=make_gateway(), error_code=error.code.value, error=str(error), error_params=error.params
    )
    page = page_in("es", f"/admin/billing/syncrun/{run.pk}/change/", client)
    assert "El rol de la API en WHMCS no permite GetClientsDetails" in page
    ensure_no_english(page, "es")


@pytest.mark.django_db
def test_what_happened_is_called_in_the_readers_language_where_a_page_is_about_it() -> None:
    client, company = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True)), make_company()
    client.post(f"/admin/companies/company/{company.pk}/lock/act/", {"reason": "abuse"})
    entry, event = AuditEntry.objects.get(code="company_locked"), company.events.get()
    for path, words in ((f"auditentry/{entry.pk}", "Empresa bloqueada"), (f"event/{event.pk}", "Bloqueada por un")):
        title = re.findall(r"<h1>(.*?)</h1>", page_in("es", f"/admin/companies/{path}/change/", client))
        assert words in title[0]


def test_an_attention_item_keeps_the_cause_and_is_told_in_the_readers_language() -> None:
    item = AttentionItem(kind=Kind.GATEWAY_ERROR, params={"code": "ip_not_allowed", "address": "192.0.2.7"})
    with translation.override("pt-br"):
        assert explain(item).startswith("O WHMCS não aceita chamadas de 192.0.2.7")
    with translation.override("es"):
        assert explain(item).startswith("WHMCS no acepta llamadas de 192.0.2.7")
    with translation.override("en"):
        assert explain(item).startswith("WHMCS does not accept calls from 192.0.2.7")


def test_an_item_is_called_by_its_kind_and_the_number_of_its_service_and_by_no_word_for_programs() -> None:
    with translation.override("es"):
        assert str(AttentionItem(kind=Kind.VANISHED, subject="14")) == "El servicio desapareció de WHMCS (14)"
        assert str(AttentionItem(kind=Kind.LOSSES_HELD, subject="losses")) == "Muchas empresas perderían el acceso"


@both_languages
@pytest.mark.parametrize("reason", ["the server closed it", "Connection refused", "Network is unreachable"])
def test_a_cause_within_a_sentence_is_translated_too(language: str, reason: str) -> None:
    with translation.override(language):
        text = sentence(Kind.DETAILS_FAILED, {"code": "connection", "host": "h", "reason": reason})
    assert reason not in text
    assert "could not" not in text


@pytest.mark.parametrize("code", list(ErrorCode))
@both_languages
def test_every_error_is_told_in_each_language_whatever_is_known_of_it(language: str, code: ErrorCode) -> None:
    with translation.override(language):
        text = translated(code, {})
    assert text != SENTENCES[code]
    assert not re.search(r"[{}]|\bunknown\b", text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "subject"),
    [("portuguese-br", "Escolha sua senha para Ticketz"), ("spanish", "Elija su contraseña para Ticketz"),
     ("english", "Choose your password for Ticketz"), ("klingon", "Choose your password for Ticketz"),
     ("", "Choose your password for Ticketz")],
)  # fmt: skip
def test_a_mail_is_written_in_the_language_that_the_customer_has_in_whmcs(word: str, subject: str) -> None:
    queue_welcome(make_person(company=make_company(language=word)))
    send_due_mails()
    assert mail.outbox[0].subject == subject


@pytest.mark.django_db
def test_an_invitation_is_written_in_the_language_of_the_company() -> None:
    company = make_company("Padaria", language="portuguese-br")
    queue_invitation(Invitation.objects.create(company=company, email="bob@example.com"))
    send_due_mails()
    assert mail.outbox[0].subject == "Você recebeu um convite para Padaria"
    assert mail.outbox[0].body.startswith("Olá!")
