from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = _("Companies and people")

    def ready(self) -> None:
        from companies import audit_hooks, factor_hooks  # noqa: F401 - their receivers register themselves
