"""How gunicorn serves Ticketz: `gunicorn ticketz.wsgi` in this folder reads it by itself."""

from pathlib import Path

from ticketz.environment import load_log_format
from ticketz.logs.configuration import for_gunicorn

# What refuses to start then does so once, with its one line, and not in one new worker after the other. It also means
# that HUP takes no new code: an upgrade starts the new version beside the old one (docs/upgrade.md).
preload_app = True
worker_class = "gthread"
# More than can be busy with passwords at once (companies.authentication.hashing_turns): the others are for pages.
threads = 24
# After SIGTERM nobody new is let in, and who is inside gets so many seconds for their answer.
graceful_timeout = 30
# It would let everything that runs as the same user stop the server.
control_socket_disable = True
# A worker's sign of life lies in memory where that can be: everything else may be read-only then.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - the folder is the system's
# With LOG_FORMAT=json its own lines look like all others, and there is one for each request.
logconfig_dict = for_gunicorn(load_log_format()) or {}
access_log_format = "%(m)s %(U)s %(s)s"
