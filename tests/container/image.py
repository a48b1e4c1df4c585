"""Plays a Dockerfile without an engine: each stage is a layer over this machine's own files, in which each RUN happens.

For root on Linux, inside a mount namespace of its own (`unshare --mount`), where nothing that is mounted or written is
seen by anybody else. What the base image would be, this machine is: Debian with this Python under `/usr/local`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.container.dockerfile import Instruction, left_out, left_out_patterns, parse

ROOT = Path(__file__).resolve().parents[2]
CHROOT = "/usr/sbin/chroot"
BASE_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
# How a package registry is reached is this machine's business, not the image's.
PASSED_ON = ("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
NOBODYS = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


class Image:
    """What a Dockerfile makes, as a file system under `root` (of the last stage)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stages = parse(ROOT / "Dockerfile")
        self.roots = [self._layer(number) for number in range(len(self.stages))]
        self.root = self.roots[-1]
        self.final = self.stages[-1]

    def build(self) -> None:
        """All stages, all instructions, in their order. Raises CalledProcessError where a RUN fails."""
        for stage, root in zip(self.stages, self.roots, strict=True):
            assert stage.base == "python:3.11-slim", "the layers below are this machine's, with Python 3.11"
            environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            environment |= {"PATH": BASE_PATH, "HOME": "/root"}
            for instruction in stage.instructions:
                self._play(root, instruction, environment)

    def make_read_only(self, var_dir: str) -> None:
        """As `read_only: true` with a volume at `var_dir` and a tmpfs at /tmp."""
        volume = self.folder / "volume"
        shutil.copytree(self.root / var_dir.lstrip("/"), volume)
        shutil.copystat(self.root / var_dir.lstrip("/"), volume)
        owner = (self.root / var_dir.lstrip("/")).stat()
        os.chown(volume, owner.st_uid, owner.st_gid)
        mount("--bind", str(volume), f"{self.root}{var_dir}")
        mount("-t", "tmpfs", "tmpfs", f"{self.root}/tmp")  # noqa: S108
        mount("-o", "remount,ro", str(self.root))

    def command(self, command: list[str]) -> list[str]:
        """`command` as USER of the image, without a single capability, in its file system and WORKDIR."""
        uid, gid = self.final.last("USER").rest.split(":")
        inside = ["setpriv", "--reuid", uid, "--regid", gid, *NOBODYS, "--", *command]
        folder = self.final.last("WORKDIR").rest
        return [CHROOT, str(self.root), "/usr/bin/env", "--chdir", folder, *inside]

    def give_to_user(self, path: Path) -> None:
        """Let a file or folder be the USER's."""
        uid, gid = self.final.last("USER").rest.split(":")
        os.chown(path, int(uid), int(gid))

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """What ENV says, and `extra` as compose or an operator add it."""
        return {"HOME": "/nonexistent", **self.final.environment(), **extra}

    def _play(self, root: Path, instruction: Instruction, environment: dict[str, str]) -> None:
        if instruction.word == "RUN":
            subprocess.run([CHROOT, str(root), *instruction.as_command()], env=environment, check=True)
        elif instruction.word == "ENV":
            environment |= instruction.as_pairs()
        elif instruction.word == "COPY":
            self._copy(root, instruction.rest.split())

    def _copy(self, root: Path, words: list[str]) -> None:
        if words[0].startswith("--from="):
            names = [stage.name for stage in self.stages]
            source = self.roots[names.index(words[0].removeprefix("--from="))] / words[1].lstrip("/")
            shutil.copytree(source, root / words[2].lstrip("/"), symlinks=True)
            return
        *sources, target = words
        into = root / target.lstrip("/")
        for name in sources:
            for path in _context(name):
                (into / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / path, into / path)

    def _layer(self, number: int) -> Path:
        parts = [self.folder / f"{number}-{part}" for part in ("upper", "work", "root")]
        for part in parts:
            part.mkdir()
        upper, work, root = parts
        mount("-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", str(root))
        for shared in ("proc", "dev", "sys"):
            mount("--rbind", f"/{shared}", f"{root}/{shared}")
        _put_python_where_the_base_image_has_it(root)
        return root


def _context(name: str) -> list[str]:
    """The files that `COPY name` takes: what git knows or could add, without what `.dockerignore` names."""
    if name != ".":
        return [name]
    patterns = left_out_patterns()
    found = []
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [one for one in folders if not left_out(str(here / one), patterns)]
        found += [str(here / one) for one in files if not left_out(str(here / one), patterns)]
    return found


def _put_python_where_the_base_image_has_it(root: Path) -> None:
    for folder in Path(sys.base_prefix).parents:  # its libraries may be looked for there, and by anybody
        (root / str(folder).lstrip("/")).chmod(0o755)
    prefix = f"{root}/usr/local"
    mount("--bind", sys.base_prefix, prefix)
    mount("-o", "remount,bind,ro", prefix)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
