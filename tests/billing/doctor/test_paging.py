"""Windows, counters and filters of the list: what does not add up is named, and what is only slow is said so."""

from dataclasses import replace

import pytest

from billing.doctor import Check, Result
from sandbox import SandboxServer, faults
from sandbox.faults import FaultPlan
from sandbox.interference import Interference
from tests.billing.doctor.conftest import Examine

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(whmcs: SandboxServer, customers: None) -> FaultPlan:
    """A shop whose list takes several windows."""
    for number in range(57):
        whmcs.shop.buy(f"Customer {number}", "Smith", f"c{number}@example.com", plan="Team", password="a first one")
    return whmcs.faults


@pytest.mark.parametrize(
    ("fault", "result", "code"),
    [
        (faults.LimitCapped(None), Result.WARNING, "limit_ignored"),
        (faults.LimitCapped(10), Result.OK, "paging_good"),
        (faults.StartIgnored(), Result.PROBLEM, "page_repeated"),
        (faults.WrongTotal(by=1), Result.PROBLEM, "total_too_high"),
        (faults.WrongTotal(by=-3), Result.WARNING, "total_too_low"),
        (faults.Ordered("random"), Result.WARNING, "list_moves"),
        (faults.Ordered("descending"), Result.OK, "paging_good"),
    ],
)
def test_a_list_of_several_windows(
    doctor: Examine, many: FaultPlan, fault: Interference, result: Result, code: str
) -> None:
    many.always(fault)
    finding = doctor()[Check.PAGING]
    assert (finding.result, finding.code) == (result, code), finding


def test_a_filter_that_is_ignored_names_the_products_that_came(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.shop.buy("Hugo", "Host", "hugo@example.com", pid=3)
    whmcs.faults.always(faults.PidFilterIgnored())
    finding = doctor()[Check.PAGING]
    assert (finding.result, finding.code) == (Result.PROBLEM, "product_filter_ignored")
    assert "3 (Web hosting)" in finding.cause


def test_a_filter_by_service_that_is_ignored(doctor: Examine, whmcs: SandboxServer) -> None:
    first = next(iter(whmcs.shop.services.values()))
    whmcs.faults.when(lambda call: "serviceid" in call.params, faults.Repeated(replace(first, id=999)))
    assert doctor()[Check.PAGING].code == "service_filter_ignored"


def test_a_service_that_comes_twice(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.faults.when(
        lambda call: "pid" in call.params, faults.Repeated(next(iter(whmcs.shop.services.values())))
    )  # fmt: skip
    finding = doctor()[Check.PAGING]
    assert finding.code in {"duplicates", "limit_ignored"}
    assert "twice" in finding.cause


def test_one_service_is_enough_for_a_list(doctor: Examine, whmcs: SandboxServer) -> None:
    for number in list(whmcs.shop.services)[1:]:
        whmcs.shop.delete_service(number)
    assert doctor()[Check.PAGING].result is Result.OK


def test_a_slow_server_is_told_with_its_seconds(doctor: Examine, whmcs: SandboxServer) -> None:
    assert doctor()[Check.SPEED].code == "fast"
    whmcs.faults.once(faults.late(3.1))
    findings = doctor()
    assert (findings[Check.SPEED].code, findings[Check.SPEED].result) == ("slow", Result.WARNING)
    assert "took 3.1" in findings[Check.SPEED].cause
