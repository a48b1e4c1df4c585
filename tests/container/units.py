"""Reads systemd's unit files, and compose.yaml, as far as ours go."""

import shlex
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "ops" / "systemd"


def read_unit(name: str) -> dict[str, list[str]]:
    """Every setting of a unit with all its values, whichever section it stands in."""
    settings: dict[str, list[str]] = defaultdict(list)
    for line in (UNITS / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings[key.strip()].append(value.strip())
    return settings


def commands_of(name: str, setting: str) -> list[list[str]]:
    """The commands that a unit runs for `setting`, such as ExecStart."""
    return [[_as_systemd_reads(word) for word in shlex.split(command)] for command in read_unit(name)[setting]]


def state_folders_of(name: str) -> list[str]:
    """The folders that systemd makes for a unit, and lets it write to."""
    return [f"/var/lib/{folder}" for value in read_unit(name)["StateDirectory"] for folder in value.split()]


def environment_of_unit(name: str) -> dict[str, str]:
    """What its Environment= lines say."""
    pairs = [pair for line in read_unit(name)["Environment"] for pair in shlex.split(line)]
    return dict(pair.split("=", 1) for pair in pairs)


def read_compose() -> dict[str, Any]:
    """compose.yaml with its anchors filled in."""
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return compose


def _as_systemd_reads(word: str) -> str:
    """Specifiers and variables are not used in ours, so what is left are their signs, written twice to be meant."""
    plain = word.replace("%%", "").replace("$$", "")
    if "%" in plain or "$" in plain:
        raise ValueError(f"{word} has a specifier or a variable, which is not read here")
    return word.replace("%%", "%").replace("$$", "$")
