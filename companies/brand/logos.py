"""Which pictures may be a logo, judged by their bytes and never by a file name. Plain Python.

SVG is not allowed, because it can contain scripts.
"""

# Every page loads the logo, and a page with everything that it loads stays under 60 kB.
MAX_BYTES = 20_000


def picture_type(data: bytes) -> str:
    """The content type of a PNG, JPEG or WebP; empty for everything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""
