"""The second line of defence: what must not be in a log is not put there; here what slipped through is struck out."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, urlsplit

from django.conf import settings

STRUCK_OUT = "***"
# Shorter ones are no secrets, and would strike out half of each line.
SHORTEST = 8
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # The user part of an address: redis://:password@host
        (r"(?<=://)[^/\s@\"']*:[^/\s@\"']*@", f"{STRUCK_OUT}@"),
        (r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", rf"\1 {STRUCK_OUT}"),
        (r"\bgAAAA[\w-]{20,}=*", STRUCK_OUT),  # Fernet tokens
        (r"(argon2(?:_first|id?)?|pbkdf2_\w+)\$\S+", rf"\1${STRUCK_OUT}"),
        (
            r"""((?:password|passwd|secret|token|api_?key|authorization|cookie)["']?\s*[:=]\s*)(?!\*\*\*)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)""",
            rf"\1{STRUCK_OUT}",
        ),
        # Whoever has such an address has what it opens.
        (r"(/(?:welcome|join|account/email)/)[^/\s\"'?]{12,}", rf"\1{STRUCK_OUT}"),
        (r"(/accounts/password/reset/key/)[^/\s\"'?]+", rf"\1{STRUCK_OUT}"),
        # What PostgreSQL quotes of a row that it refuses.
        (r"(Failing row contains|Key \([^)]*\)=)\s*\(.*?\)(?=[.\s]|$)", rf"\1 ({STRUCK_OUT})"),
    )
)


def redact(text: str) -> str:
    """The text without secrets of this installation, and without what looks like one."""
    for secret in _secrets(_configured()):
        text = text.replace(secret, STRUCK_OUT)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _configured() -> tuple[str, ...]:
    """Keys, tokens and passwords as of now: those in files may be others than a moment ago."""
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
    """Raw and as they stand in addresses, the longest first, so that no rest of one remains."""
    forms = {form for secret in configured if len(secret) >= SHORTEST for form in (secret, quote(secret, safe=""))}
    return tuple(sorted(forms, key=len, reverse=True))
