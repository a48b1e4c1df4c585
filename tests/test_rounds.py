"""Of what CI's first round leaves out a sample is there, and what is in the sample goes by the names it has."""

import subprocess
import sys
from pathlib import Path

from tests.rounds import SAMPLES

ROOT = Path(__file__).resolve().parents[1]


def test_each_case_of_the_samples_is_in_the_first_round_and_others_are_not() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *SAMPLES]
    found = {}
    for marker in ("once", "not once"):
        done = subprocess.run([*command, "-m", marker], cwd=ROOT, capture_output=True, text=True, check=True)
        found[marker] = done.stdout.splitlines()
    for file, sample in SAMPLES.items():
        assert any(line.startswith(file) for line in found["once"]), file
        for case in sample:
            assert any(line.startswith(file) and line.endswith(f"[{case}]") for line in found["not once"]), case
