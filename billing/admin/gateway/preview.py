"""The previews of a gateway: requested with a button, shown, and applied exactly."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.admin.gateway.pages import GatewayPages
from billing.admin.gateway.preview_lines import badge_of, load_changes, noes_about, questions_of, tiles_of
from billing.errors import ErrorCode, PreviewUnusable
from billing.models import PreviewedChange, StoredPreview, WhmcsGateway
from billing.previews import applying, stored
from billing.recovery import pauses
from billing.runs.schedule import switch_on
from billing.tasks import send_preview
from billing.wording.errors import translated_error, translated_run_error
from companies.admin.buttons import button, limited
from companies.audit.log import AuditCode, from_to, record
from companies.authorization.operator import operator_of
from companies.events import Actor

SHOWN = 50
# The questions that approving a preview answers as well. The run asks all others.
ANSWERED = {ErrorCode.FIRST_IMPORT.value, ErrorCode.UNSAFE_CHANGE_SET.value}
State = StoredPreview.State
_AT_WORK = {State.MAKING, State.APPLYING}


class PreviewPages(GatewayPages):
    """The list of a gateway's previews, the page of one, and the buttons that make and apply one."""

    def urls(self) -> list[URLPattern]:
        return [
            self._route("previews/", self.previews, "previews"),
            self._route("previews/<int:number>/", self.preview, "preview"),
            self._route("previews/<int:number>/progress/", self.progress, "preview_progress"),
            button(self.owner, limited(self.make_preview, "gateway"), "make_preview"),
            button(self.owner, limited(self.apply_preview, "gateway"), "apply_preview"),
        ]

    def previews(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The latest previews of a gateway."""
        gateway = self._looked_at(request, pk)
        latest = [(one, badge_of(one), one.get_state_display()) for one in gateway.previews.all()[:SHOWN]]
        context = {"previews": latest, "may_make": self.owner.has_change_permission(request, gateway)}
        return self._page(request, gateway, "previews", _("Previews"), context)

    def preview(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """One preview: what would be done, a page at a time, and the button that does exactly this."""
        gateway = self._looked_at(request, pk)
        preview = _find(gateway, number)
        context = {
            "preview": preview,
            "badge": badge_of(preview),
            "is_at_work": preview.state in _AT_WORK,
            "what_went_wrong": translated_run_error(preview.error_code, preview.error, preview.error_params),
            "questions": questions_of(preview),
            "kept": preview.figures.get("kinds", {}).get(PreviewedChange.Kind.KEPT),
            "noes": noes_about(gateway, at=timezone.now()),
            "tiles": tiles_of(preview),
            "changes": load_changes(preview, request.GET),
            "kinds": PreviewedChange.Kind.choices,
            "outcomes": PreviewedChange.Outcome.choices[1:],
            "text": _progress_text(preview),
            **self._allowed(request, preview),
        }
        return self._page(request, gateway, "preview", _("Preview"), context)

    def progress(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Whether a worker is still at work, for the page that waits."""
        preview = _find(self._looked_at(request, pk), number)
        is_running = preview.state in _AT_WORK
        return JsonResponse({"is_running": is_running, "text": _progress_text(preview), "share": None})

    def make_preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        gateway = self._pressed(request, pk)
        refusal = pauses.refusal(gateway)
        if refusal is not None:
            self.owner.message_user(request, translated_error(refusal), messages.ERROR)
            return redirect("admin:billing_whmcsgateway_previews", gateway.pk)
        preview = stored.ask(gateway, asked_by=Actor.person(operator_of(request)).label)
        record(AuditCode.PREVIEW_MADE, request=request, about=gateway.name, details={"number": str(preview.pk)})
        self._send(request, preview)
        return redirect("admin:billing_whmcsgateway_preview", gateway.pk, preview.pk)

    def apply_preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply what the page showed and, with a tick, also what would wait for approval."""
        gateway = self._pressed(request, pk)
        number = request.POST.get("preview", "")
        preview = _find(gateway, int(number) if number.isdecimal() else 0)
        with_yes = bool(request.POST.get("with_yes"))
        if with_yes and not request.user.has_perm("billing.change_heldchanges"):
            raise PermissionDenied
        try:
            by = Actor.person(operator_of(request))
            applying.ask_to_apply(preview, by=by, at=timezone.now(), with_yes=with_yes)
        except PreviewUnusable as error:
            self.owner.message_user(request, translated_error(error), messages.ERROR)
        else:
            details = {"number": str(preview.pk)} | ({"verdict": "approved"} if with_yes else {})
            if switch_on(gateway):
                details["is_enabled"] = from_to(False, True)
            record(AuditCode.PREVIEW_APPLIED, request=request, about=gateway.name, details=details)
            preview.refresh_from_db()
            self._send(request, preview)
        return redirect("admin:billing_whmcsgateway_preview", gateway.pk, preview.pk)

    def _send(self, request: HttpRequest, preview: StoredPreview) -> None:
        if not send_preview(preview):
            text = _("The worker can't be reached just now. It begins by itself as soon as it is back.")
            self.owner.message_user(request, text, messages.WARNING)

    def _allowed(self, request: HttpRequest, preview: StoredPreview) -> dict[str, Any]:
        asked = {question["code"] for question in preview.figures.get("questions", [])}
        is_open = preview.state in {State.READY, State.APPLIED}
        is_good = is_open and stored.is_good(preview, timezone.now())
        may_change = self.owner.has_change_permission(request, preview.gateway)
        return {
            "is_outdated": preview.state == State.OUTDATED or (is_open and not is_good),
            "may_make": may_change,
            "may_apply": may_change and is_good and _is_anything_left(preview),
            "may_say_yes": bool(asked & ANSWERED) and request.user.has_perm("billing.change_heldchanges"),
        }


def _find(gateway: WhmcsGateway, number: int) -> StoredPreview:
    return get_object_or_404(StoredPreview.objects.select_related("gateway", "run"), gateway=gateway, pk=number)


def _is_anything_left(preview: StoredPreview) -> bool:
    """Whether applying it (again) could do anything."""
    Outcome = PreviewedChange.Outcome  # noqa: N806 - it is a class
    changes = preview.changes.filter(kind__in=PreviewedChange.CHANGES)
    return changes.exclude(outcome__in=(Outcome.APPLIED, Outcome.ALREADY)).exists()


def _progress_text(preview: StoredPreview) -> str:
    if preview.state == State.APPLYING:
        return _("It is being applied. This page follows by itself.")
    return _("WHMCS is being read. This page follows by itself.")
