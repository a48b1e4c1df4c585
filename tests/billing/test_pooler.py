"""Behind a pooler that hands each transaction to another connection of PostgreSQL, as many hosts have one in front."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from billing.models import SyncRun
from plans.models import Plan
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy

BINARY = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no pooler"),
    pytest.mark.skipif(BINARY is None, reason="there is no pgbouncer"),
]

CONFIGURATION = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
"""


@pytest.fixture
def pooler(tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From now on all connections of ours lead to a pooler that takes its own of PostgreSQL by turns."""
    direct = connection.settings_dict
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    parts = {name.lower(): direct[name] for name in ("HOST", "PORT", "USER", "PASSWORD") if direct[name]}
    path = tmp_path / "pgbouncer.ini"
    server = " ".join(f"{name}={value}" for name, value in parts.items())
    path.write_text(CONFIGURATION.format(server=server, port=port))
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([str(BINARY), "-q", *as_nobody, path]) as process:
        try:
            connection.close()
            monkeypatch.setitem(direct, "HOST", "127.0.0.1")
            monkeypatch.setitem(direct, "PORT", str(port))
            _open_several(port)
            yield
            connection.close()
        finally:
            process.terminate()


def _open_several(port: int) -> None:
    """Have the pooler open three connections, which it takes by turns from then on."""
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.05)
    several = [connection.copy() for _ in range(3)]
    for one in several:
        one.set_autocommit(False)
        with one.cursor() as cursor:
            cursor.execute("SELECT 1")
    for one in several:
        one.rollback()
        one.close()


def processes() -> set[int]:
    """By which processes of PostgreSQL a few statements are answered."""
    found = set()
    for _ in range(3):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found.add(cursor.fetchone()[0])
    return found


def test_a_reading_and_what_tells_of_it_work_where_each_statement_may_have_another_connection(
    pooler: None, plans: dict[str, Plan], shop: Shop, run: Sync
) -> None:
    assert len(processes()) == 3
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
    assert run().outcome == SyncRun.Outcome.COMPLETE
    shop.suspend(services[0].id)
    assert run().changed == 1
    assert run().unchanged == 3
    out = StringIO()
    call_command("access_report", stdout=out)
    call_command("audit_log", stdout=out)
    assert out.getvalue().count("\topen\t") == 2
    assert Client().get("/accounts/login/").status_code == 200
