from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Payment gateways")

    def ready(self) -> None:
        """Have the plans' pages ask which services name a plan, before it loses its name."""
        from billing.coverage.reliance import tell_losses
        from plans.reliance import ask_also

        ask_also(tell_losses)
