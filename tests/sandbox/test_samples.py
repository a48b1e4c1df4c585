"""The wire against the samples of the WHMCS developer documentation (getclientsproducts, getclientsdetails)."""

from typing import Any

import pytest

from sandbox import GENERATIONS, SandboxServer
from tests.sandbox.caller import Caller

ENVELOPE = set("result clientid serviceid pid domain totalresults startnumber numreturned products".split())  # noqa: SIM905
ROW_2017 = """id clientid orderid pid regdate name translated_name groupname translated_groupname domain dedicatedip
    serverid servername serverip serverhostname suspensionreason firstpaymentamount recurringamount paymentmethod
    paymentmethodname billingcycle nextduedate status username password subscriptionid promoid overideautosuspend
    overidesuspenduntil ns1 ns2 assignedips notes diskusage disklimit bwusage bwlimit lastupdate customfields
    configoptions"""
CLIENT_2020 = """client_id owner_user_id userid id uuid firstname lastname fullname companyname email address1 address2
    city fullstate state postcode countrycode country phonenumber tax_id email_preferences statecode countryname
    phonecc phonenumberformatted telephoneNumber billingcid notes currency defaultgateway groupid status credit
    taxexempt latefeeoveride overideduenotices separateinvoices disableautocc emailoptout marketing_emails_opt_in
    overrideautoclose allowSingleSignOn email_verified language isOptedInToMarketingEmails lastlogin currency_code
    users"""
STATS = """numdueinvoices dueinvoicesbalance incredit creditbalance grossRevenue expenses income numoverdueinvoices
    overdueinvoicesbalance numDraftInvoices draftInvoicesBalance numunpaidinvoices unpaidinvoicesamount
    numpaidinvoices paidinvoicesamount numcancelledinvoices cancelledinvoicesamount numrefundedinvoices
    refundedinvoicesamount numcollectionsinvoices collectionsinvoicesamount numpaymentpendinginvoices
    paymentpendinginvoicesamount productsnumactivehosting productsnumhosting productsnumactivereseller
    productsnumreseller productsnumactiveservers productsnumservers productsnumactiveother productsnumother
    productsnumactive productsnumtotal numactivedomains numdomains numacceptedquotes numquotes numtickets
    numactivetickets numaffiliatesignups isAffiliate"""


@pytest.fixture
def sold(server: SandboxServer) -> SandboxServer:
    server.shop.buy("Ana", "Souza", "ana@example.com", plan="Team", password="a'b", company="A & B")
    return server


@pytest.mark.parametrize(
    ("generation", "more"),
    [("7", set()), ("8.0", {"ordernumber"}), ("8.12", {"ordernumber", "qty"}), ("9", {"ordernumber", "qty"})],
)
def test_a_row_has_the_columns_of_the_documentation(
    caller: Caller, sold: SandboxServer, generation: str, more: set[str]
) -> None:
    sold.generation = GENERATIONS[generation]
    answer = caller.api(clientid=1).json

    assert set(answer) == ENVELOPE
    assert set(answer["products"]["product"][0]) == set(ROW_2017.split()) | more


def test_the_types_are_those_of_8_12(caller: Caller, sold: SandboxServer) -> None:
    answer = caller.api(clientid=1).json
    row = answer["products"]["product"][0]

    assert {name: answer[name] for name in ENVELOPE - {"products"}} == {
        "result": "success",
        "clientid": "1",
        "serviceid": None,
        "pid": None,
        "domain": None,
        "totalresults": "1",
        "startnumber": 0,
        "numreturned": 1,
    }
    assert [row[name] for name in ("id", "qty", "clientid", "orderid", "pid")] == ["1", "1", "1", "1", "7"]
    assert row["overidesuspenduntil"] == "0000-00-00"
    assert row["configoptions"] == {
        "configoption": [{"id": "4", "option": "Plan", "type": "dropdown", "value": "Team"}]
    }
    field = row["customfields"]["customfield"][0]
    assert set(field) == {"id", "name", "translated_name", "value"}
    assert (field["name"], field["value"]) == ("Password", "a&#039;b")
    assert row["password"]
    assert row["notes"]


def test_a_service_without_an_order_number_has_no_such_column(caller: Caller, sold: SandboxServer) -> None:
    sold.shop.edit_service(1, order_number="")

    assert "ordernumber" not in caller.rows()[0]


def test_client_details_have_the_columns_of_the_documentation(caller: Caller, sold: SandboxServer) -> None:
    answer = caller.api("GetClientsDetails", clientid=1, stats=1).json

    assert set(answer) == {"result", "client", "stats"}
    assert set(answer["client"]) == set(CLIENT_2020.split()) | {"customfields", "customfields1"}
    assert set(answer["stats"]) == set(STATS.split())
    assert set(answer["client"]["users"]["user"][0]) == {"id", "name", "email", "is_owner"}
    assert answer["client"]["client_id"] == 1
    assert answer["client"]["taxexempt"] is False


def test_stats_come_only_when_asked_for(caller: Caller, sold: SandboxServer) -> None:
    assert "stats" not in caller.api("GetClientsDetails", clientid=1).json


def test_a_client_is_found_by_email_too(caller: Caller, sold: SandboxServer) -> None:
    assert caller.api("GetClientsDetails", email="ANA@example.com").json["client"]["id"] == 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "Either clientid Or email Is Required"),
        ({"clientid": 2}, "Client Not Found"),
        ({"clientid": "1x"}, "Client Not Found"),
        ({"clientid": "9" * 30}, "Client Not Found"),
        ({"email": "nobody@example.com"}, "Client Not Found"),
    ],
)
def test_business_errors_come_with_http_200(
    caller: Caller, sold: SandboxServer, asked: dict[str, Any], message: str
) -> None:
    answer = caller.api("GetClientsDetails", **asked)

    assert (answer.status, answer.json) == (200, {"result": "error", "message": message})


def test_slashes_and_letters_are_escaped_as_php_does(caller: Caller, sold: SandboxServer) -> None:
    sold.shop.edit_client(1, first_name="é/ü")

    assert b'"firstname":"\\u00e9\\/\\u00fc"' in caller.api("GetClientsDetails", clientid=1).body
