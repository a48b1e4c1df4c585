"""Which pictures may be a logo: by their bytes, never by what somebody calls them. Plain Python.

No SVG: it can carry script.
"""

# Every page loads it, and a page with all that it loads stays under 60 kB.
MAX_BYTES = 20_000


def picture_type(data: bytes) -> str:
    """The content type of a PNG, JPEG or WebP; empty for everything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""
