"""Makes the operators' site the administration's only one."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    """Instead of "django.contrib.admin" in the settings."""

    default_site = "ticketz.admin.OperatorSite"

    def ready(self) -> None:
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from django.contrib.admin import site

        # People keep one address, ours; allauth's own table of addresses is not used.
        site.unregister(EmailAddress)
        # A person's page tells which factors they have; the rows behind it are nothing to edit.
        site.unregister(Authenticator)
