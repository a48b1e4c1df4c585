"""Looks for texts that must be nowhere, in every form in which they could have got there."""

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

IN_ANY_CASE = {"hex", "URL", "md5", "sha1", "sha256"}
# Between two contents that are searched together: longer than any form of a canary that may hold it.
BETWEEN = bytes(80)


def forms_of(canary: str) -> dict[str, bytes]:
    """The canary as it would look raw, encoded and hashed."""
    raw = canary.encode()
    forms = {
        "raw": raw,
        "repr": repr(canary)[1:-1].encode(),
        "bytes repr": repr(raw)[2:-1].encode(),
        "URL": quote(canary, safe="").encode(),
        "form": quote_plus(canary).encode(),
        "HTML": html.escape(canary).encode(),
        "JSON": json.dumps(canary)[1:-1].encode(),
        "JSON in UTF-8": json.dumps(canary, ensure_ascii=False)[1:-1].encode(),
        "JSON in JSON": json.dumps(json.dumps(canary))[3:-3].encode(),
        "row or CSV": canary.replace('"', '""').encode(),
        "SQL": canary.replace("'", "''").encode(),
        "hex": raw.hex().encode(),
        "UTF-16": canary.encode("utf-16-le"),
    }
    forms |= {f"base64 from byte {shift}": _base64(raw, shift) for shift in range(3)}
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, raw)
        forms |= {name: digest.hexdigest().encode(), f"{name} bytes": digest.digest()}
        forms[f"{name} base64"] = base64.b64encode(digest.digest())[:-2]
    return forms


def _base64(raw: bytes, shift: int) -> bytes:
    """The part of the base64 text that is the same whatever stands before and behind."""
    start, end = (8 * shift + 5) // 6, 8 * (shift + len(raw)) // 6
    return base64.b64encode(b"\0" * shift + raw)[start:end]


@dataclass(slots=True)
class Hunt:
    """What was planted, by name, and everything that was found lying about, by place."""

    canaries: Mapping[str, str]
    places: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, place: str, content: bytes | str) -> None:
        """Something that may hold a canary."""
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        self.places.setdefault(place, []).append(data)

    def finds(self) -> list[str]:
        """One line for each find: which canary, where, in which form."""
        return sorted(set(self._search()))

    def _search(self) -> Iterator[str]:
        canaries = {name: forms_of(canary) for name, canary in self.canaries.items()}
        for place, contents in self.places.items():
            content = BETWEEN.join(set(contents))
            lower = content.lower()
            for name, forms in canaries.items():
                for form, needle in forms.items():
                    if needle.lower() in lower if form in IN_ANY_CASE else needle in content:
                        yield f"{name} in {place} ({form})"
