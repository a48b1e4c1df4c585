"""Reads a Dockerfile: its stages, and the instructions of each in their order. What ours does not use is refused."""

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {"FROM", "ENV", "COPY", "RUN", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """Such as RUN with everything that stands behind it."""

    word: str
    rest: str

    def as_command(self) -> list[str]:
        """A command as the shell would run it, or in its JSON form as it is."""
        return json.loads(self.rest) if self.rest.startswith("[") else ["/bin/sh", "-c", self.rest]

    def as_pairs(self) -> dict[str, str]:
        """The names and values of an ENV."""
        return dict(part.split("=", 1) for part in shlex.split(self.rest))


@dataclass(slots=True)
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, word: str) -> Instruction:
        """The instruction of that word that counts."""
        return [one for one in self.instructions if one.word == word][-1]

    def environment(self) -> dict[str, str]:
        """All that ENV says."""
        pairs: dict[str, str] = {}
        for one in self.instructions:
            if one.word == "ENV":
                pairs |= one.as_pairs()
        return pairs


def parse(path: Path) -> list[Stage]:
    """The stages of a Dockerfile."""
    stages: list[Stage] = []
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        word, _, rest = line.strip().partition(" ")
        if word not in KNOWN:
            raise ValueError(f"{word} is an instruction that is not played; teach tests/container/play.py to")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip()))
        else:
            stages[-1].instructions.append(Instruction(word, " ".join(rest.split())))
    return stages


def left_out_patterns() -> list[str]:
    """What `.dockerignore` says."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def left_out(name: str, patterns: list[str]) -> bool:
    """Whether `.dockerignore` keeps this path, relative to the context, out of the image."""
    from fnmatch import fnmatch

    path, is_out = Path(name), False
    parts = [*path.parents, path]
    for pattern in patterns:  # the last one that fits decides
        tail = pattern.removeprefix("!").removeprefix("**/")
        is_anywhere = "**/" in pattern
        if any(fnmatch(str(part), tail) or (is_anywhere and fnmatch(part.name, tail)) for part in parts):
            is_out = not pattern.startswith("!")
    return is_out
