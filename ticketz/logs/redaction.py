"""Redacts secrets in log lines, as a second line of defence: our code does not log them in the first place."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, urlsplit

from django.conf import settings

STRUCK_OUT = "***"
# Shorter texts are not secrets, and redacting them would garble every line.
SHORTEST = 8
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # The user info of a URL: redis://:password@host
        (r"(?<=://)[^/\s@\"']*:[^/\s@\"']*@", f"{STRUCK_OUT}@"),
        (r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", rf"\1 {STRUCK_OUT}"),
        (r"\bgAAAA[\w-]{20,}=*", STRUCK_OUT),  # Fernet tokens
        (r"(argon2(?:_first|id?)?|pbkdf2_\w+)\$\S+", rf"\1${STRUCK_OUT}"),
        (
            r"""((?:password|passwd|secret|token|api_?key|authorization|cookie)["']?\s*[:=]\s*)(?!\*\*\*)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)""",
            rf"\1{STRUCK_OUT}",
        ),
        # URLs with one-time tokens.
        (r"(/(?:welcome|join|account/email)/)[^/\s\"'?]{12,}", rf"\1{STRUCK_OUT}"),
        (r"(/accounts/password/reset/key/)[^/\s\"'?]+", rf"\1{STRUCK_OUT}"),
        # Values that PostgreSQL quotes from a refused row.
        (r"(Failing row contains|Key \([^)]*\)=)\s*\(.*?\)(?=[.\s]|$)", rf"\1 ({STRUCK_OUT})"),
    )
)


def redact(text: str) -> str:
    """The text without secrets of this installation, and without texts that look like a secret."""
    for secret in _secrets(_configured()):
        text = text.replace(secret, STRUCK_OUT)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _configured() -> tuple[str, ...]:
    """The current keys, tokens and passwords. Those in files may change at any time."""
    return (
        *settings.SIGNING_KEYS,
        *settings.FIELD_ENCRYPTION_KEYS,
        *settings.BACKUP_KEYS,
        settings.MONITORING_TOKEN,
        settings.DATABASES["default"].get("PASSWORD", ""),
        settings.EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or "",
        urlsplit(settings.REDIS_URL).password or "",
    )


@lru_cache(maxsize=4)
def _secrets(configured: Iterable[str]) -> tuple[str, ...]:
    """The secrets, raw and URL-encoded, longest first, so that no part of one remains."""
    forms = {form for secret in configured if len(secret) >= SHORTEST for form in (secret, quote(secret, safe=""))}
    return tuple(sorted(forms, key=len, reverse=True))
