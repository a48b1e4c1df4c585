"""The section about decisions in force on a company's closing: by whom, and what happens next."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.models import HeldChanges, HeldCompany
from billing.steps.safeguards.holding import is_over
from billing.wording.answers import answer
from companies.admin.company.sections import Link, Section
from companies.models import Company

Verdict = HeldChanges.Verdict


def section(company: Company, request: HttpRequest) -> Section | None:
    """Approvals that are not carried out yet, and rejections that keep the company open."""
    if not request.user.has_perm("billing.view_heldchanges"):
        return None
    now = timezone.now()
    is_kept = company.hold_until is not None and company.hold_until >= timezone.localdate(now)
    verdicts = [Verdict.APPROVED, Verdict.REJECTED] if is_kept else [Verdict.APPROVED]
    in_force = Q(held__closed_at=None, held__verdict__in=verdicts) & ~is_over(now, "held__")
    rows = HeldCompany.objects.filter(in_force, company=company).select_related("held__decided_by").order_by("-pk")
    lines = [
        (Link(row.held.get_kind_display(), _page_of(row.held)), answer(row.held), _then(row.held, company))
        for row in rows
    ]
    headers = (_("What"), _("Answer"), _("What happens next"))
    return Section(_("What was answered about its closing"), headers, lines) if lines else None


def _page_of(held: HeldChanges) -> str:
    return reverse("admin:billing_heldchanges_change", args=[held.pk])


def _then(held: HeldChanges, company: Company) -> str:
    if held.verdict == Verdict.APPROVED:
        return _(
            "The next run reads it once more, and then it loses access. “Keep open until …” on this page keeps it open "
            "all the same."
        )
    last = min(day for day in (held.kept_until, company.hold_until) if day is not None)
    return _(
        "It stays open until %(day)s, whatever WHMCS says. Whoever may act on companies lets billing decide earlier, "
        "with “End keeping it open” on this page. Then it is read once more and loses access, if WHMCS still says the "
        "same; where many would, somebody is asked anew."
    ) % {"day": date_format(last, "DATE_FORMAT")}
