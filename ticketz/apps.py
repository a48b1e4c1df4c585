"""App configurations: wiring of the installation, and changes to third-party apps."""

from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class WiringConfig(AppConfig):
    """Starts what belongs to the whole installation: commands, key files, memory settings, telemetry."""

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
    """Replaces "django.contrib.admin" in the settings."""

    default_site = "ticketz.admin.OperatorSite"

    def ready(self) -> None:
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.usersessions.models import UserSession
        from django.contrib.admin import site

        # People have one address, on our User. allauth's table of addresses is not used.
        site.unregister(EmailAddress)
        # A person's page shows their factors. The rows behind them must not be edited.
        site.unregister(Authenticator)
        site.unregister(UserSession)


class SessionTableConfig(UserSessionsConfig):
    """Replaces "allauth.usersessions" in the settings: only its table, which `companies.sessions.signed_in` fills.

    Its own receivers would read all old sessions at each sign-in, and fail if the IP address is unknown.
    """

    def ready(self) -> None:
        """Connect no receivers."""
