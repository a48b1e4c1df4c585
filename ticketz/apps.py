"""Makes the operators' site the administration's only one."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    """Instead of "django.contrib.admin" in the settings."""

    default_site = "ticketz.admin.OperatorSite"

    def ready(self) -> None:
        super().ready()
        from allauth.account.models import EmailAddress
        from django.contrib.admin import site

        # People keep one address, ours; allauth's own table of addresses is not used.
        site.unregister(EmailAddress)
