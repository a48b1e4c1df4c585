from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = _("Companies and people")

    def ready(self) -> None:
        import companies.audit.receivers  # they register themselves
        import companies.second_factor.receivers  # noqa: F401
        from companies.database.name_indexes import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="companies.name_indexes")
