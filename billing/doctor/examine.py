"""The whole examination. It writes nothing, neither here nor in WHMCS."""

from collections.abc import Iterator

from billing.doctor.answers import judge_clock, judge_first_answer, lets_us_in, try_details, try_role
from billing.doctor.codes import Check, Code
from billing.doctor.findings import Finding, completed, failed, ok
from billing.doctor.hook import judge_hook
from billing.doctor.paging import judge_speed, try_paging
from billing.doctor.reach import check_base_url, expects_https, try_connection
from billing.doctor.services import judge_field, judge_nothing, judge_option, judge_plans, judge_services
from billing.errors import BillingError, ErrorCode
from billing.models import Subscription, WhmcsGateway
from billing.whmcs import BaseUrl, Deadline, Examiner, Sample
from plans.models import Plan

SECONDS = 45.0
# WHMCS's default page size.
WINDOW = 25
_MAY_BE_TLS = {ErrorCode.CONNECTION, ErrorCode.EMPTY_ANSWER, ErrorCode.NOT_WHMCS, ErrorCode.TRUNCATED}


def examine(gateway: WhmcsGateway, *, seconds: float = SECONDS) -> list[Finding]:
    """Examine a gateway as it is stored, for at most `seconds`: one finding for each `Check`, in their order."""
    return completed([*_examine(gateway, Deadline(seconds)), judge_hook(gateway)])


def _examine(gateway: WhmcsGateway, deadline: Deadline) -> Iterator[Finding]:
    url = check_base_url(gateway.base_url)
    if isinstance(url, Finding):
        yield url
        return
    yield ok(Check.BASE_URL, Code.URL_GOOD, endpoint=url.endpoint)
    may_call = yield from try_connection(url, deadline)
    if not may_call:
        return
    try:
        examiner = gateway.examiner(deadline)
    except BillingError as error:
        yield failed(Check.CREDENTIALS, error)
        return
    with examiner:
        yield from _ask(examiner, gateway, url, deadline)


def _ask(examiner: Examiner, gateway: WhmcsGateway, url: BaseUrl, deadline: Deadline) -> Iterator[Finding]:
    sample, error = _first_sample(examiner, gateway)
    if error is not None and url.scheme == "http" and error.code in _MAY_BE_TLS:
        yield from expects_https(url, deadline)
    yield from judge_first_answer(error, is_noisy=sample is not None and sample.is_noisy)
    yield judge_clock(examiner.clock_difference)
    if not lets_us_in(error):
        return
    yield try_details(examiner, _some_client(gateway, sample))
    yield try_role(examiner)
    if sample is not None:
        yield from _look_at(examiner, gateway, sample)
        yield judge_speed(examiner.slowest)


def _look_at(examiner: Examiner, gateway: WhmcsGateway, sample: Sample) -> Iterator[Finding]:
    if not sample.page.rows and not sample.page.bad:
        try:
            of_all = examiner.fetch_sample(product_id=None, start=0, limit=WINDOW)
        except BillingError as error:
            yield failed(Check.SERVICES, error)
        else:
            yield from judge_nothing(gateway, of_all)
        return
    yield judge_services(gateway, sample)
    if not sample.page.rows:
        return
    yield judge_option(gateway, sample)
    yield judge_field(gateway, sample)
    yield judge_plans(gateway, sample, dict(Plan.objects.values_list("name", "pk")))
    yield try_paging(examiner, gateway, sample)


def _first_sample(examiner: Examiner, gateway: WhmcsGateway) -> tuple[Sample | None, BillingError | None]:
    try:
        return examiner.fetch_sample(product_id=gateway.product_code, start=0, limit=WINDOW), None
    except BillingError as error:
        return None, error


def _some_client(gateway: WhmcsGateway, sample: Sample | None) -> int:
    """A client to ask for. Any number will do, because an unknown client is an answer as well."""
    if sample is not None and sample.page.rows:
        return sample.page.rows[0].client_id
    known = Subscription.objects.filter(gateway=gateway).values_list("client_id", flat=True).first()
    return known or 1
