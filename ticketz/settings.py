"""Settings of Ticketz, all from the environment (`.env.example` lists every name).

With only the keys set, Ticketz runs on one small machine: SQLite, an embedded broker, no Redis.
"""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from ticketz import environment, keys
from ticketz.environment import BASE_DIR, env
from ticketz.generic import make_generic
from ticketz.logs import configuration

make_generic()

VERSION = "0.11.0"

# --- What this installation is -------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(environment.load_text("VAR_DIR", str(BASE_DIR / "var"))).absolute()
VAR_DIR.mkdir(parents=True, exist_ok=True)
SIGNING_KEYS = keys.load_signing_keys(VAR_DIR, debug=DEBUG)
SECRET_KEY, *SECRET_KEY_FALLBACKS = SIGNING_KEYS
FIELD_ENCRYPTION_KEYS = keys.load_encryption_keys(VAR_DIR, debug=DEBUG)
ALLOWED_HOSTS = environment.load_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
environment.ensure_safe_hosts(ALLOWED_HOSTS, debug=DEBUG)
SITE_URL = environment.load_text("SITE_URL", "http://localhost:8000").rstrip("/")
BACKUP_KEYS = keys.load_backup_keys()
MONITORING_TOKEN = environment.load_monitoring_token()
WHMCS_PAGES_IN_FLIGHT = environment.load_pages_in_flight()
WHMCS_TRUSTED_HOSTS = frozenset(host for host in environment.load_list("WHMCS_TRUSTED_HOSTS") if host)

INSTALLED_APPS = [
    "billing",
    "companies",
    "plans",
    "ticketz.apps.WiringConfig",
    "ticketz.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ticketz.apps.SessionTableConfig",
]
MIDDLEWARE = [
    "ticketz.middleware.request_ids",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ticketz.middleware.security_headers",
    "companies.sessions.readable.ReadableSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "companies.sessions.operators.OperatorSessionMiddleware",
    "companies.sessions.signed_in.SessionNotesMiddleware",
    "companies.wording.languages.LanguageMiddleware",
    "ticketz.middleware.page_of_a_button",
    "ticketz.middleware.impossible_values",
    "companies.audit.middleware.record_refusals",
    "companies.views.busy.TurnsMiddleware",
    "companies.middleware.CompanyMiddleware",
]
ROOT_URLCONF = "ticketz.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "companies.brand.current.brand_of_request",
                "companies.context_processors.page_defaults",
            ]
        },
    }
]

# --- Data ----------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": environment.load_database(VAR_DIR / "ticketz.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the beginning: two writers queue up instead of failing half-way. Savepoints are
    # kept in memory, because in files they would be written page by page, twice as much as the change itself.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Connection poolers do not allow cursors that outlive a statement; see companies.database.parts.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits must work across processes and without Redis, so the cache is a table, which a migration creates.
# Large, because a full cache drops a third of its entries, and with them rate limits.
CACHES = {
    "default": {
        "BACKEND": "ticketz.cache.TableCache",
        "LOCATION": "ticketz_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Work in the background ----------------------------------------------------------------------
REDIS_URL = environment.load_text("REDIS_URL", "")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Short timeouts, so that no page waits for a dead Redis. The work is in the database, and the next tick does it.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 900, "unacked_restore_throttle": 1, "socket_connect_timeout": 2, "socket_timeout": 3,
    }  # fmt: skip
else:
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "queue"),
        "data_folder_out": str(VAR_DIR / "queue"),
        "control_folder": str(VAR_DIR / "queue-control"),
        "polling_interval": 0.3,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
    for folder in ("queue", "queue-control"):
        (VAR_DIR / folder).mkdir(mode=0o700, exist_ok=True)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULER = "ticketz.heartbeats:HeartbeatScheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "billing.tasks.tick", "schedule": 10.0, "options": {"expires": 30}},
}

# --- People --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "companies.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "companies.authentication.hashers.OwaspArgon2Hasher",
    "companies.authentication.hashers.FirstPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_ADAPTER = "companies.authentication.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
# A signed-in customer may sign in as an operator, see companies.views.accounts.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
# Django's generator, because allauth's uses its own list of addresses.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}  # no code by mail, because an open mailbox must not be enough
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",  # a whole office may share one IP address; login_failed limits guesses
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "change_email": "5/h/user",
    "reauthenticate": "10/m/user",
    "resend_invitation": "30/h/user",
}
# Second factors. No "trust this browser": its cookie would be a way around `companies.second_factor`.
MFA_ADAPTER = "companies.second_factor.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # allauth's list of addresses is empty, so no address is ever verified there
MFA_TOTP_TOLERANCE = 1  # a code may be half a minute late; `companies.forms.factors` takes each one only once
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  # there is nothing to guess, and an office may share one IP address
TRUSTED_PROXY_COUNT = environment.load_number("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
SESSION_ENGINE = "companies.sessions.store"  # in the database, so that a broker that is down signs nobody out
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
# Operators' end earlier, see companies.sessions.operators.
OPERATOR_SESSION_AGE, OPERATOR_SESSION_IDLE = 12 * 60 * 60, 2 * 60 * 60

# --- Mail ----------------------------------------------------------------------------------------
MAIL_IS_CONFIGURED = bool(environment.load_text("EMAIL_URL", ""))
EMAIL_CONFIG = environment.load_mail()
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = environment.load_text("DEFAULT_FROM_EMAIL", "ticketz@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Languages, time -----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pt-br", _("Brazilian Portuguese")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.load_time_zone()

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
# Finders serve the files even without collectstatic, so that a fresh checkout has a usable sign-in page.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# --- Browsers ------------------------------------------------------------------------------------
IS_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    SECURE_SSL_REDIRECT = True
    # Health probes call the process directly, without the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# The same name as in Django 6, which has this setting built in.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}

# --- Logs, errors, traces ----------------------------------------------------------------------------------------
DEFAULT_EXCEPTION_REPORTER_FILTER = "ticketz.error_pages.DiscreetFilter"
SENTRY_DSN = environment.load_text("SENTRY_DSN", "")
OTEL_EXPORTER_OTLP_ENDPOINT = environment.load_text("OTEL_EXPORTER_OTLP_ENDPOINT", "")
LOG_FORMAT = environment.load_log_format()
LOGGING = configuration.for_django(
    LOG_FORMAT,
    level=environment.load_text("LOG_LEVEL", "INFO"),
    celery_level=environment.load_text("LOG_LEVEL", "WARNING"),
)
