"""The stable codes of the audit log, with their labels."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AuditCode(models.TextChoices):
    """What is recorded. The code is stored; the label is shown in the reader's language."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    ACCESS_DENIED = "access_denied", _("Access denied")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    SET_PASSWORD_LINK_MADE = "set_password_link_made", _("Set-password link made")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Second factor added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("Second factor was wrong")
    RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes made")
    EMAIL_CHANGE_ASKED_FOR = "email_change_asked_for", _("Change of the e-mail address asked for")
    EMAIL_CHANGED = "email_changed", _("E-mail address changed")
    SESSIONS_ENDED = "sessions_ended", _("Signed out in other browsers")
    PERSON_CHANGED = "person_changed", _("Person changed")
    OPERATOR_ADDED = "operator_added", _("Operator added")
    OPERATOR_ROLE_CHANGED = "operator_role_changed", _("Role of an operator changed")
    GROUP_CHANGED = "group_changed", _("Group changed")
    SETTINGS_CHANGED = "settings_changed", _("Settings changed")
    GATEWAY_ADDED = "gateway_added", _("Gateway added")
    GATEWAY_CHANGED = "gateway_changed", _("Gateway changed")
    GATEWAY_SECRET_CHANGED = "gateway_secret_changed", _("API secret of a gateway changed")
    GATEWAY_DELETED = "gateway_deleted", _("Gateway deleted")
    GATEWAY_TESTED = "gateway_tested", _("Connection tested")
    GATEWAY_RESUMED = "gateway_resumed", _("Gateway resumed after a pause")
    HOOK_SECRET_MADE = "hook_secret_made", _("Secret for instant updates made")
    HOOK_SECRETS_DROPPED = "hook_secrets_dropped", _("Older secrets for instant updates dropped")
    HOOK_SWITCHED_OFF = "hook_switched_off", _("Instant updates switched off")
    SYNC_ASKED_FOR = "sync_asked_for", _("Sync asked for")
    PREVIEW_MADE = "preview_made", _("Preview made")
    PREVIEW_APPLIED = "preview_applied", _("Preview applied")
    CHANGES_APPROVED = "changes_approved", _("Held changes approved")
    CHANGES_REJECTED = "changes_rejected", _("Held changes rejected")
    PLAN_ADDED = "plan_added", _("Plan added")
    PLAN_CHANGED = "plan_changed", _("Plan changed")
    PLAN_DELETED = "plan_deleted", _("Plan deleted")
    COMPANY_HELD_OPEN = "company_held_open", _("Company kept open")
    COMPANY_HOLD_ENDED = "company_hold_ended", _("Company no longer kept open")
    COMPANY_LOCKED = "company_locked", _("Company locked")
    COMPANY_UNLOCKED = "company_unlocked", _("Company unlocked")
    OWNER_INVITED = "owner_invited", _("Owner invited")
    ATTENTION_DISMISSED = "attention_dismissed", _("Attention item dismissed")


DETAILS: Mapping[str, Promise] = {
    "account": _("person number"),
    "changed": _("changed"),
    "command": _("command"),
    "count": _("how many"),
    "factor": _("second factor"),
    "method": _("kind of request"),
    "number": _("number"),
    "page": _("page"),
    "outcome": _("outcome"),
    "reason": _("reason"),
    "role": _("role"),
    "until": _("until"),
    "verdict": _("verdict"),
}
