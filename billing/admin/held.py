"""The admin of held changes: the figures, the companies, and the buttons to approve and to reject."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.verdicts import VerdictFilter, verdict_words
from billing.decisions import approvals
from billing.errors import ApprovalOutdated
from billing.models import HeldChanges
from billing.tasks import request_sync_if_enabled
from billing.wording.answers import decided_by
from billing.wording.attention import question
from billing.wording.errors import translated_error
from billing.wording.moments import moment
from companies.admin.buttons import as_looked_at, button
from companies.admin.event.words import difference, status_word
from companies.admin.lists.read_only import NothingIsWritten
from companies.audit.log import AuditCode, record
from companies.authorization.operator import operator_of
from companies.events import Actor
from companies.forms.acts import HoldForm, ReasonForm

SHOWN = 200


class ApproveForm(ReasonForm):
    """Approves one version of the figures. Needs no reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=255, required=False)


class RejectForm(HoldForm):
    """Rejects one version of the figures."""

    version = forms.IntegerField(widget=forms.HiddenInput)


@admin.register(HeldChanges)
class HeldChangesAdmin(NothingIsWritten, admin.ModelAdmin[HeldChanges]):
    """Read-only, with two buttons. Django's permission "change" allows to use them."""

    change_form_template = "admin/billing/heldchanges/page.html"
    empty_text = gettext_lazy(
        "Nothing waits for approval. What would take access from many companies at once stops here and asks."
    )
    list_display = ["opened_at", "gateway", "kind", "decision", "what", "closed_at"]
    list_display_links = ["opened_at", "what"]
    list_filter = [VerdictFilter, "kind", "gateway"]
    list_select_related = ["gateway"]
    fields = ["gateway", "kind", "what", "opened_at", "decision"]
    readonly_fields = ["what", "decision", "decided", "until"]

    @admin.display(description=gettext_lazy("what it is about"))
    def what(self, held: HeldChanges) -> str:
        return question(held)

    @admin.display(description=gettext_lazy("verdict"), ordering="verdict")
    def decision(self, held: HeldChanges) -> str:
        return verdict_words(held)

    @admin.display(description=gettext_lazy("decided by"))
    def decided(self, held: HeldChanges) -> str:
        return decided_by(held)

    @admin.display(description=gettext_lazy("in force until"))
    def until(self, held: HeldChanges) -> str:
        if held.expires_at is not None:
            return moment(held.expires_at.isoformat())
        return date_format(held.kept_until, "DATE_FORMAT") if held.kept_until else "–"

    def get_fields(self, request: HttpRequest, obj: HeldChanges | None = None) -> list[Any]:
        """Show the decision, once there is one."""
        decision = ["decided_at", "decided", "reason", "until"] if obj and obj.decided_at else []
        return [*self.fields, *decision, *(["closed_at"] if obj and obj.closed_at else [])]

    def get_urls(self) -> list[URLPattern]:
        return [button(self, self.approve, "approve"), button(self, self.reject, "reject"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of held changes: the figures, the companies and, while they wait, the buttons."""
        held = self.get_object(request, object_id)
        return super().change_view(
            request, object_id, form_url, {**self._shown(request, held), **(extra_context or {})}
        )

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        held, form = self._pressed(request, pk), ApproveForm(request.POST, auto_id="approve_%s")
        return self._decide(request, held, approvals.approve, form, "approve_form")

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        held, form = self._pressed(request, pk), RejectForm(request.POST, auto_id="reject_%s")
        return self._decide(request, held, approvals.reject, form, "reject_form")

    def _decide(
        self, request: HttpRequest, held: HeldChanges, verdict: Callable[..., None], form: ReasonForm, name: str
    ) -> HttpResponse:
        """Store the `verdict`, or show the page again with the errors of the `form` with this `name`."""
        try:
            if not held.is_waiting:
                raise ApprovalOutdated
            if form.is_valid():
                with transaction.atomic():
                    verdict(held, actor=Actor.person(operator_of(request)), at=timezone.now(), **form.cleaned_data)
                    _record(request, held, form.cleaned_data)
                self._go_on(request, held)
                return redirect("admin:billing_heldchanges_change", held.pk)
        except ApprovalOutdated as error:
            self.message_user(request, translated_error(error), messages.ERROR)
        return self._again(request, held, form, name)

    def _go_on(self, request: HttpRequest, held: HeldChanges) -> None:
        if request_sync_if_enabled(held.gateway):
            text = _("Noted. The next run acts on it; it has been requested.")
        else:
            text = _("Noted. The gateway is switched off: put right what is wrong, then switch it on again.")
        self.message_user(request, text)

    def _again(self, request: HttpRequest, held: HeldChanges, form: ReasonForm, name: str) -> HttpResponse:
        """The current page with the typed values. The next press refers to the figures that it shows."""
        for field in list(form.errors)[:1]:
            form.fields[field].widget.attrs["autofocus"] = True
        return self.change_view(as_looked_at(request), str(held.pk), extra_context={name: form})

    def _pressed(self, request: HttpRequest, pk: int) -> HeldChanges:
        if not self._may_decide(request):
            raise PermissionDenied
        return get_object_or_404(HeldChanges.objects.select_related("gateway"), pk=pk)

    def _shown(self, request: HttpRequest, held: HeldChanges | None) -> dict[str, Any]:
        if held is None:
            return {}
        rows = held.companies.select_related("company")
        until = approvals.default_keep_until()
        return {
            "companies": [(row, difference(row.before, row.after)) for row in rows[:SHOWN]],
            "becoming": [(status_word(status), n) for status, n in held.figures.get("becoming", {}).items()],
            "left_out": max(0, rows.count() - SHOWN),
            "about_companies": held.kind == HeldChanges.Kind.LOSSES,
            "may_decide": held.is_waiting and self._may_decide(request),
            "approve_form": ApproveForm(auto_id="approve_%s"),
            "reject_form": RejectForm(auto_id="reject_%s", initial={"until": until}),
        }

    def _may_decide(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_heldchanges")


def _record(request: HttpRequest, held: HeldChanges, typed: dict[str, Any]) -> None:
    approved = held.verdict == HeldChanges.Verdict.APPROVED
    code = AuditCode.CHANGES_APPROVED if approved else AuditCode.CHANGES_REJECTED
    facts = {"kind": held.kind, **{key: str(value) for key, value in typed.items()}}
    record(code, request=request, about=held.gateway.name, details=facts)
