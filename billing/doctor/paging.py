"""Checks whether the list of services can be read to its end: pages, counters and filters."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from billing.doctor.codes import Check, Code
from billing.doctor.findings import Finding, failed, ok, problem, warning
from billing.doctor.services import named
from billing.errors import BillingError, ErrorCode
from billing.models import WhmcsGateway
from billing.whmcs import Examiner, Sample

SLOW = 3.0


@dataclass(frozen=True, slots=True)
class Pages:
    """Three windows of one list: the first one, the one after it, and one that begins at the last service by WHMCS's
    count. The latter two are None if the list is too short.
    """

    first: Sample
    second: Sample | None
    last: Sample | None


def try_paging(examiner: Examiner, gateway: WhmcsGateway, first: Sample) -> Finding:
    """Read the other windows, ask for one service alone, and say what does not add up."""
    try:
        pages = _fetch_pages(examiner, gateway.product_code, first)
        flaws = [*judge_pages(gateway, pages), *_try_service_filter(examiner, first)]
    except BillingError as error:
        return failed(Check.PAGING, error)
    if not flaws:
        return ok(Check.PAGING, Code.PAGING_GOOD)
    worst, *others = sorted(flaws, key=lambda finding: not finding.stops)
    return worst.joined(others)


def judge_pages(gateway: WhmcsGateway, pages: Pages) -> Iterator[Finding]:
    """Everything that does not add up in the windows."""
    for sample in filter(None, (pages.first, pages.second)):
        yield from _judge_page(sample)
    if foreign := {number: name for number, name in pages.first.products.items() if number != gateway.product_code}:
        yield problem(Check.PAGING, Code.FILTER_IGNORED, product=gateway.product_code, products=named(foreign))
    if pages.second is not None:
        yield from _judge_second(pages.first, pages.second)
    yield from _judge_total(pages)


def judge_speed(seconds: float) -> Finding:
    """Whether pages come fast enough for a short run."""
    judge, code = (warning, Code.SLOW) if seconds > SLOW else (ok, Code.FAST)
    return judge(Check.SPEED, code, seconds=f"{seconds:.2f}")


def _fetch_pages(examiner: Examiner, product_id: int, first: Sample) -> Pages:
    """Fetch the other windows. In a small shop the second one begins in the middle, to differ from the first."""
    returned, total = len(first.ids), first.page.total or 0
    width = first.limit if total > first.limit else returned // 2
    if not width:
        return Pages(first, None, None)
    second = examiner.fetch_sample(product_id=product_id, start=width, limit=width)
    last = None
    if total > returned:
        last = examiner.fetch_sample(product_id=product_id, start=total - 1, limit=first.limit)
    return Pages(first, second, last)


def _try_service_filter(examiner: Examiner, first: Sample) -> Iterator[Finding]:
    """A run asks for each service that is missing from the list by its number, so that has to work too."""
    service_id = first.page.rows[0].service_id
    try:
        is_alone = not examiner.fetch_service(service_id).foreign_ids
    except BillingError as error:
        if error.code is not ErrorCode.OTHER_SERVICES:
            raise
        is_alone = False
    if not is_alone:
        yield problem(Check.PAGING, Code.SERVICE_FILTER_IGNORED, service=service_id)


def _judge_page(sample: Sample) -> Iterator[Finding]:
    returned = sample.page.returned
    if returned > sample.limit:
        yield warning(Check.PAGING, Code.LIMIT_IGNORED, limit=sample.limit, returned=returned)
    if sample.claimed_returned not in (None, returned):
        yield problem(Check.PAGING, Code.PAGE_MISCOUNTED, claimed=sample.claimed_returned, returned=returned)
    if twice := [str(number) for number, times in Counter(sample.ids).items() if times > 1]:
        yield problem(Check.PAGING, Code.DUPLICATES, services=", ".join(twice[:8]))


def _judge_second(first: Sample, second: Sample) -> Iterator[Finding]:
    """Says nothing if limitnum is ignored: then every page is the whole list, and Ticketz can read that."""
    if first.page.returned > first.limit or second.page.returned > second.limit:
        return
    expected, before = first.ids[second.start :][: second.limit], first.ids[: second.start]
    is_first_again = bool(second.ids) and second.ids == first.ids[: len(second.ids)]
    if is_first_again or second.claimed_start not in (None, second.start):
        yield problem(Check.PAGING, Code.PAGE_REPEATED, start=second.start)
    elif second.ids[: len(expected)] != expected or not set(second.ids).isdisjoint(before):
        yield warning(Check.PAGING, Code.LIST_MOVED)


def _judge_total(pages: Pages) -> Iterator[Finding]:
    total, seen = pages.first.page.total, len(set(pages.first.ids))
    if total is None:
        yield warning(Check.PAGING, Code.TOTAL_MISSING)
    elif total < seen or (pages.last is not None and len(pages.last.ids) > 1):
        yield warning(Check.PAGING, Code.TOTAL_TOO_LOW, total=total)
    elif pages.last is not None and not pages.last.ids:
        yield problem(Check.PAGING, Code.TOTAL_TOO_HIGH, total=total)
