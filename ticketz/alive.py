"""Liveness checks for containers: `python -P ticketz/alive.py web|worker|beat`.

Exit status 0 or 1. Uses only the standard library, because it runs every half minute. Worker and clock touch
a file every few seconds; the web server is asked for a page. Database and WHMCS are not checked,
because a restart would not help.
"""

import http.client
import os
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

SECONDS_BETWEEN_HEARTBEATS = 10.0
LONGEST_SILENCE = 60.0


def heartbeat_of(process: str, var_dir: Path) -> Path:
    """The heartbeat file of `process` ("worker" or "beat") on this host."""
    return var_dir / "alive" / f"{process}-{socket.gethostname()}"


def touch_heartbeat(process: str, var_dir: Path) -> None:
    """Touch the heartbeat file. Errors such as a full disk are ignored."""
    sign = heartbeat_of(process, var_dir)
    try:
        sign.parent.mkdir(mode=0o700, exist_ok=True)
        sign.touch()
    except OSError:
        return


def has_heartbeat(process: str, var_dir: Path, now: float) -> bool:
    """Whether the file was touched shortly before `now` (seconds since 1970)."""
    try:
        return now - heartbeat_of(process, var_dir).stat().st_mtime < LONGEST_SILENCE
    except OSError:
        return False


def answers(url: str, host: str) -> bool:
    """Whether the web server answers, like to a visitor who came by https to `host`."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=8)
    try:
        connection.request("GET", address.path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        # Without a proxy it redirects to https, which counts as an answer.
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """`web` [URL], `worker` or `beat`; returns the exit status."""
    process, *rest = arguments
    if process == "web":
        host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".") or "localhost"
        is_alive = answers(rest[0] if rest else f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz", host)
    else:
        is_alive = has_heartbeat(process, Path(os.environ["VAR_DIR"]), time.time())
    return 0 if is_alive else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
