"""The version before this one, unpacked from the history into a folder of its own."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / ".ci" / "previous-version"


class PreviousMissing(Exception):
    """The version before can't be had from this clone; the text says why and what to do."""


def recorded() -> tuple[str, str]:
    """The number and the commit that `.ci/previous-version` names."""
    number, commit = RECORD.read_text().split()
    return number, commit


def unpack(commit: str, folder: Path) -> Path:
    """The files of `commit` in `folder`. Raises PreviousMissing where this clone does not hold it."""
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, check=True, timeout=300).stdout
    except FileNotFoundError as error:
        raise PreviousMissing("git is not installed, so the version before can't be unpacked.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise PreviousMissing(
            f"git {' '.join(arguments)} failed: {said} "
            "A shallow clone lacks the history: `git fetch --unshallow` brings it."
        ) from error
