"""The outbox: mail is stored in the transaction that causes it, and sent after the commit."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models.company import Company
from companies.models.membership import Invitation

MAX_ATTEMPTS = 5


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Mails by their state."""

    def waiting(self) -> "OutgoingMailQuerySet":
        """Those that are still to be sent."""
        return self.filter(sent_at=None, attempts__lt=MAX_ATTEMPTS)


class OutgoingMail(models.Model):
    """One mail in the outbox. Its text and its link are made when it is sent, so no link is ever stored.

    It waits while `sent_at` is None and `attempts` is below MAX_ATTEMPTS; `due_at` is when it may be
    tried (again). `last_error` names the kind of failure only, never what a mail server said about an address.
    `params` fills the text of an alert or a notice; its key "template" names the template. A notice about access has a
    `company`, and in `day` the due date or the day that it is about. Each such cause is mailed only once.
    """

    class Kind(models.TextChoices):
        WELCOME = "welcome", _("set-password link")
        PASSWORD_RESET = "password_reset", _("password reset")
        INVITATION = "invitation", _("invitation")
        ALERT = "alert", _("alert")
        NOTICE = "notice", _("security notice")
        # The notices of `companies.mail.notice_rules`, of the same names.
        RENEWAL_COMING = "renewal_coming", _("renewal coming")
        ACCESS_ENDS_SOON = "access_ends_soon", _("access ends soon")
        ACCESS_BACK = "access_back", _("access is back")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    invitation = models.ForeignKey(
        Invitation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invitation"),
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("company")
    )
    day = models.DateField(_("due date or day"), null=True, blank=True, editable=False)
    params = models.JSONField(_("details"), default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("date", "created"), default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(pgettext_lazy("date", "sent"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=100, blank=True, editable=False)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "kind", "day"],
                condition=models.Q(company__isnull=False),
                name="one_mail_for_each_cause",
            )
        ]
        indexes = [
            # Without given-up mails, which stay in the table and would be scanned at each tick.
            models.Index(
                fields=["due_at"], condition=models.Q(sent_at=None, attempts__lt=MAX_ATTEMPTS), name="mail_to_send"
            ),
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
            models.Index(fields=["kind", "-created_at", "-id"], name="mail_by_kind"),
            models.Index(fields=["-created_at", "-id"], condition=models.Q(sent_at=None), name="mail_waiting_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"
