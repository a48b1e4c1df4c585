"""What holds for the whole installation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The settings that superusers change in the administration: one row. Where there is none yet, the defaults."""

    THE_ONE = 1

    operators_need_second_factor = models.BooleanField(
        _("operators need a second factor"),
        default=False,
        help_text=_(
            "From this moment, whoever signs in to this administration needs an authenticator app or a passkey. An "
            "operator who has none can only add one, also in a session that is open already."
        ),
    )

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="only_one_installation")]

    def __str__(self) -> str:
        return str(_("settings"))

    @classmethod
    def load(cls) -> "Installation":
        """The settings as they are now; one query."""
        return cls.objects.filter(pk=cls.THE_ONE).first() or cls(pk=cls.THE_ONE)
