"""PostgreSQL backups with its client programs as streams. Nothing unencrypted is written to disk."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.db import connection, transaction

from ticketz.backups.errors import BackupError
from ticketz.backups.manifest import LEFT_OUT, Manifest, Reader, Writer, count_rows
from ticketz.logs.redaction import redact
from ticketz.timeouts import allow_silence

_PIECE = 1 << 20
# OPTIONS of Django, and the environment variables of the client programs.
_OPTIONS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
_QUIET = ["--no-owner", "--no-privileges"]


def dump(into: Writer, near: Path) -> Manifest:
    """Write manifest and dump from the same snapshot."""
    left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        allow_silence(cursor)
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        manifest = Manifest.of_now(count_rows(cursor) | dict.fromkeys(LEFT_OUT, 0))
        manifest.write(into)
        with _program("pg_dump", "--format=custom", f"--snapshot={snapshot}", *_QUIET, *left_out) as program:
            shutil.copyfileobj(program.stdout, into, _PIECE)
    return manifest


def check(manifest: Manifest, dumped: Reader, near: Path) -> None:
    """Read and unpack the whole dump. Raises BackupError."""
    for _ in _statements(dumped):
        pass


def restore(manifest: Manifest, dumped: Reader, near: Path) -> None:
    """Replace all tables with those of the dump, in one transaction."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    connection.close()
    with _program("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-") as program:
        program.stdin.write(b"BEGIN;\n")
        if tables:
            names = ", ".join(f'"{table}"' for table in tables)
            program.stdin.write(f"DROP TABLE {names} CASCADE;\n".encode())
        for piece in _statements(dumped):
            program.stdin.write(piece)
        # Sent only after the whole dump. A session that ends before has changed nothing.
        program.stdin.write(f"\nRESET search_path;\n{_same_rows(manifest)}\nCOMMIT;\n".encode())


def _same_rows(manifest: Manifest) -> str:
    """A statement that fails, and so aborts the transaction, if a table has the wrong number of rows."""
    checks = (
        f'IF (SELECT COUNT(*) FROM "{table}") <> {number} THEN '  # noqa: S608 - names and numbers
        f"RAISE EXCEPTION 'The table {table} should have {number} rows.'; END IF;"
        for table, number in manifest.rows.items()
    )
    return f"DO $$ BEGIN {' '.join(checks)} END $$;"


def _statements(dumped: Reader) -> Iterator[bytes]:
    """The dump as SQL, in pieces."""
    with _program("pg_restore", *_QUIET, "--file=-") as program:
        problems: list[BaseException] = []
        feeder = threading.Thread(target=_feed, args=(dumped, program.stdin, problems), daemon=True)
        feeder.start()
        while piece := program.stdout.read(_PIECE):
            yield piece
        feeder.join()
        if problems:
            raise problems[0]


def _feed(dumped: Reader, stdin: IO[bytes], problems: list[BaseException]) -> None:
    try:
        shutil.copyfileobj(dumped, stdin, _PIECE)
        stdin.close()
    except BrokenPipeError:
        pass  # the program has ended and reports why itself
    except BaseException as error:
        problems.append(error)
        stdin.close()


class _Program(NamedTuple):
    """A running program with its pipes."""

    process: subprocess.Popen[bytes]
    stdin: IO[bytes]
    stdout: IO[bytes]


@contextmanager
def _program(name: str, *arguments: str) -> Iterator[_Program]:
    """Run one of PostgreSQL's programs on our database. Raises BackupError if it is missing or fails.

    The credentials are in its environment, because everybody on the machine can read arguments.
    """
    path = shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is not installed here. It comes with PostgreSQL's client (postgresql-client).")
    with tempfile.TemporaryFile() as complaints:
        program = _start([path, *arguments], complaints)
        try:
            yield program
            status = _end(program)
        except BrokenPipeError:
            status = program.process.wait()
        except BaseException:
            program.process.kill()
            program.process.wait()
            raise
        if status:
            complaints.seek(0)
            said = redact(complaints.read().decode("utf-8", "replace").strip())
            raise BackupError(f"{name} ended with status {status}: {said[:1000]}")


def _start(command: Sequence[str], complaints: IO[bytes]) -> _Program:
    process = subprocess.Popen(  # noqa: S603 - found on the PATH, with our own arguments
        command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
    )
    if process.stdin is None or process.stdout is None:
        raise BackupError(f"{command[0]} was started without its pipes.")
    return _Program(process, process.stdin, process.stdout)


def _end(program: _Program) -> int:
    if not program.stdin.closed:
        program.stdin.close()
    program.stdout.read()
    return program.process.wait()


def _environment() -> dict[str, str]:
    settings: dict[str, Any] = connection.settings_dict
    values = {
        "PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"], "PGDATABASE": settings["NAME"], "PGCLIENTENCODING": "UTF8",
    }  # fmt: skip
    values |= {name: settings["OPTIONS"].get(option) for option, name in _OPTIONS.items()}
    return {**os.environ, **{name: str(value) for name, value in values.items() if value}}
