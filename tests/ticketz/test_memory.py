"""What a process keeps of the memory that it used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

THREADS = 12
GROWTH = f"""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
import django

django.setup()
from django.contrib.auth.hashers import make_password

def held():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) // 256

def hash_in_turn(number):
    all_here.wait()
    with turn:
        make_password(f"correct horse {{number}}")

all_here, turn, before = Barrier({THREADS}), Lock(), held()
with ThreadPoolExecutor({THREADS}) as threads:
    list(threads.map(hash_in_turn, range({THREADS})))
    print(held() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Only Linux tells what a process holds")
def test_threads_that_hashed_a_password_keep_no_memory_each(tmp_path: Path) -> None:
    """One hash takes 19 MiB."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ticketz.settings", "DEBUG": "1", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", GROWTH]
    mib = int(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert mib < 19 * THREADS / 2
