from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Payment gateways")

    def ready(self) -> None:
        """Keep the groups of our roles up to date, and register what billing knows with `plans` and `companies`."""
        from billing.coverage.awaited import take_up_who_waited
        from billing.coverage.reliance import tell_losses
        from billing.roles import after_migrate
        from billing.self_service import WhmcsBackend
        from companies.self_service.backend import register_backend
        from plans.reliance import register_reliance
        from plans.signals import plan_edited

        register_backend(WhmcsBackend())
        register_reliance(tell_losses)
        plan_edited.connect(take_up_who_waited, dispatch_uid="billing.coverage.awaited")
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="billing.roles")
