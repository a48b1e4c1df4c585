"""The settings of the installation."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from companies.brand.colours import is_colour, is_readable


def ensure_one_line(text: str) -> None:
    """The product name is used in mail subjects, so it must not hold line breaks or invisible characters."""
    if not text.isprintable():
        raise ValidationError(_("Use letters, digits, spaces and punctuation only, on one line."))


def ensure_readable_colour(text: str) -> None:
    """The text on a button in this colour must be readable."""
    if not is_colour(text):
        raise ValidationError(_("Write the colour as # and six digits from 0 to f, such as #3457d5."))
    if not is_readable(text):
        raise ValidationError(
            _("Neither white nor dark text can be read on this colour. Choose one that is a little darker or lighter.")
        )


class Installation(models.Model):
    """The settings that superusers change in the administration. One row; without it the defaults apply.

    `backed_up_at` is the time of the last backup, as far as this database knows (`ticketz.backups.noted`).
    """

    THE_ONE = 1

    operators_need_second_factor = models.BooleanField(
        _("operators need a second factor"),
        default=False,
        help_text=_(
            "From this moment, whoever signs in to this administration needs an authenticator app or a passkey. An "
            "operator who has none can only add one, also in a session that is open already."
        ),
    )

    shop_password_must_change = models.BooleanField(
        _("passwords that somebody else knows must be changed"),
        default=False,
        help_text=_(
            "Whoever still has the password that they typed in the shop, or that was chosen for them when they were "
            "added, can only choose another one, from the next click on. Otherwise they are asked to."
        ),
    )
    product_name = models.CharField(
        _("product name"),
        max_length=40,
        blank=True,
        validators=[ensure_one_line],
        help_text=_("What customers read on their pages and in their mails. Empty: Ticketz."),
    )
    accent_colour = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[ensure_readable_colour],
        help_text=_("For buttons and links, such as #3457d5. Empty: the one of Ticketz."),
    )
    logo = models.BinaryField(_("logo"), null=True, blank=True)
    logo_digest = models.CharField(max_length=16, blank=True, editable=False)
    renewal_mail_days = models.PositiveSmallIntegerField(
        _("remind of renewals, days before"),
        default=0,
        blank=True,
        validators=[MaxValueValidator(60)],
        help_text=_(
            "Owners get one mail so many days before each due date. 0: none, because WHMCS sends its own reminders."
        ),
    )
    mail_before_access_ends = models.BooleanField(
        _("tell owners that access ends soon"),
        default=True,
        help_text=_("One mail for each due date, in the last three days of grace."),
    )
    mail_when_access_is_back = models.BooleanField(
        _("tell owners that access is back"),
        default=True,
        help_text=_("One mail when billing opens a company that was closed, at most one a day."),
    )
    backed_up_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="only_one_installation")]

    def __str__(self) -> str:
        return capfirst(str(_("settings")))

    @classmethod
    def load(cls) -> "Installation":
        """The current settings, without the logo; one query."""
        return cls.objects.defer("logo", "backed_up_at").filter(pk=cls.THE_ONE).first() or cls(pk=cls.THE_ONE)
