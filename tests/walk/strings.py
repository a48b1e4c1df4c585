"""What people type: an alphabet of texts that break software, each with what it has to lead to."""

CANARY = "K4n4ry7d1f93"
"""Stands in every first password: it must be found nowhere afterwards, whatever stands around it."""

NAMES: dict[str, tuple[str, bool]] = {
    "plain": ("Ana Souza", True),
    "emoji": ("Zoë 🦊👩‍👩‍👧", True),
    "right to left": ("مريم \u202egnp.exe", True),
    "quotes": ('O\'Neil "Q" `rm` \\', True),
    "markup": ("<b>{{7*7}}</b> ${x} %s", True),
    "formula": ("=1+1", True),
    "lines": ("A\r\nBcc: everybody@example.com", True),
    "empty": ("", True),
    "blank": (" \t\u00a0", True),
    "NUL": ("A\0b", False),
    "lone surrogate": ("Sm\ud800th", False),
    "endless": ("x" * 10_000, False),
}
"""Names, and whether a company can be made of a client who is called so."""

PASSWORDS: dict[str, tuple[str, bool]] = {
    "plain": (f"horse {CANARY}", True),
    "markup": (f"<b>{{{{{CANARY}}}}} & \"'</b>", True),
    "formula": (f"={CANARY}|' /C calc'!A0", True),
    "emoji": (f"🦊{CANARY}é", True),
    "right to left": (f"\u202e{CANARY}مريم", True),
    "lines": (f"{CANARY}\r\nSet-Cookie: a=b", True),
    "NUL": (f"{CANARY}\0", False),
    "lone surrogate": (f"{CANARY}\ud800", False),
    "endless": (CANARY + "x" * 10_000, False),
    "empty": ("", False),
    "short": ("hi", False),
}
"""First passwords, and whether they have to open the door."""

ADDRESSES: dict[str, tuple[str, str]] = {
    **{name: (f"{name}@example.com", f"{name}@example.com") for name in ("ana", "bob", "eva", "gus", "ida", "jon")},
    "capitals": ("Ana@EXAMPLE.com", "ana@example.com"),
    "plus": ("o'neil+x=1@example.com", "o'neil+x=1@example.com"),
    "operator": ("root@example.com", "root@example.com"),
    "no address": ("nobody.example.com", ""),
    "NUL": ("a\0b@example.com", ""),
    "endless": ("x" * 10_000 + "@example.com", ""),
}
"""Addresses as typed, and as people sign in with them; empty where no company can be made."""

PLANS = ("Starter", "Team", "Business", "team", "Team ", "Téam", "")
"""Values of the plan option; only the first three are plans of ours."""
