"""Keys in files are followed: what can't be used changes nothing, and no key is ever printed."""

import logging
import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from ticketz.key_files import KeyFile, follow_signing_keys
from ticketz.keys import parse_fernet_keys, parse_signing_keys

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(f"{OLD}\n")
    return path


def replace(path: Path, text: str) -> None:
    """As secrets are replaced: another file takes the name, so that nobody reads half of it."""
    other = path.with_suffix(".new")
    other.write_text(text)
    other.replace(path)


def test_another_file_is_noticed_at_the_next_use(file: Path) -> None:
    keys = KeyFile("KEYS", file, parse_fernet_keys)
    assert list(keys) == [OLD]
    replace(file, f"{NEW},\n{OLD}")
    assert (list(keys), keys[0], len(keys)) == ([NEW, OLD], NEW, 2)


def test_a_file_behind_a_link_that_is_moved_is_noticed(tmp_path: Path, file: Path) -> None:
    """So container runtimes do it."""
    (tmp_path / "other").write_text(NEW)
    os.utime(tmp_path / "other", ns=(file.stat().st_mtime_ns, file.stat().st_mtime_ns))
    link = tmp_path / "link"
    link.symlink_to(file)
    keys = KeyFile("KEYS", link, parse_fernet_keys)
    link.unlink()
    link.symlink_to(tmp_path / "other")
    assert list(keys) == [NEW]


@pytest.mark.parametrize("text", ["", "no key", "NEW and more"])
def test_what_cannot_be_used_changes_nothing_is_logged_once_and_without_a_key(
    file: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    keys = KeyFile("KEYS", file, parse_fernet_keys)
    replace(file, text.replace("NEW", NEW))
    with caplog.at_level(logging.ERROR):
        assert [list(keys), list(keys)] == [[OLD], [OLD]]
    assert len(caplog.records) == 1
    assert "the keys of before stay in use" in caplog.text
    assert (NEW in caplog.text, OLD in caplog.text + repr(keys)) == (False, False)
    replace(file, NEW)
    assert list(keys) == [NEW]


def test_a_file_that_is_gone_changes_nothing_and_is_found_again(file: Path) -> None:
    keys = KeyFile("KEYS", file, parse_fernet_keys)
    file.unlink()
    assert list(keys) == [OLD]
    file.write_text(NEW)
    assert list(keys) == [NEW]


def test_the_framework_signs_with_the_newest_key_and_accepts_the_others(settings: Settings, file: Path) -> None:
    file.write_text("the first key, which is long\n")
    settings.SIGNING_KEYS = KeyFile("KEYS", file, parse_signing_keys)
    follow_signing_keys()
    assert (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS) == ("the first key, which is long", [])
    replace(file, "the second key, which is long\n\nthe first key, which is long\n")
    follow_signing_keys()
    assert settings.SECRET_KEY == "the second key, which is long"
    assert settings.SECRET_KEY_FALLBACKS == ["the first key, which is long"]
