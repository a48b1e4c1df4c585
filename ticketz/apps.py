"""Apps of others, as they are here."""

from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class WiringConfig(AppConfig):
    """What belongs to the whole installation: its commands, what each request begins with, memory, telemetry."""

    name = "ticketz"

    def ready(self) -> None:
        from ticketz.key_files import follow_in_requests
        from ticketz.memory import have_threads_share_memory
        from ticketz.sqlite_days import remember_days_of_sqlite
        from ticketz.telemetry.start import start
        from ticketz.timeouts import set_timeouts

        have_threads_share_memory()
        remember_days_of_sqlite()
        follow_in_requests()
        set_timeouts()
        start()


class OperatorAdminConfig(AdminConfig):
    """Instead of "django.contrib.admin" in the settings."""

    default_site = "ticketz.admin.OperatorSite"

    def ready(self) -> None:
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.usersessions.models import UserSession
        from django.contrib.admin import site

        # People keep one address, ours; allauth's own table of addresses is not used.
        site.unregister(EmailAddress)
        # A person's page tells which factors they have; the rows behind it are nothing to edit.
        site.unregister(Authenticator)
        site.unregister(UserSession)


class SessionTableConfig(UserSessionsConfig):
    """Instead of "allauth.usersessions" in the settings: its table, which `companies.sessions.signed_in` fills.

    Its own receivers would look at each old session at every sign-in, and refuse one whose address can't be told.
    """

    def ready(self) -> None:
        """Connects none of them."""
