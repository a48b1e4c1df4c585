"""What was sealed opens with its key, and only whole: what was changed, cut off or put together is noticed."""

import io

import pytest

from tests.ticketz.backups.conftest import KEY, OTHER
from ticketz.backups.encryption import CHUNK, MAGIC, SealingWriter, UnsealingReader
from ticketz.backups.errors import Unreadable


def sealed(content: bytes, key: str = KEY) -> bytes:
    file = io.BytesIO()
    writer = SealingWriter(file, key)
    for start in range(0, len(content), 700_001):
        writer.write(content[start : start + 700_001])
    writer.finish()
    return file.getvalue()


def unsealed(data: bytes, *keys: str) -> bytes:
    return UnsealingReader(io.BytesIO(data), keys or (KEY,)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens_with_any_of_the_keys(size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    data = sealed(content[:size])
    assert unsealed(data, OTHER, KEY) == content[:size]
    reader = UnsealingReader(io.BytesIO(data), [KEY])
    assert b"".join(iter(lambda: reader.read(99_991), b"")) == content[:size]


def test_the_same_content_is_never_the_same_file() -> None:
    assert sealed(b"x" * 100) != sealed(b"x" * 100)


def test_without_the_key_nothing_opens() -> None:
    with pytest.raises(Unreadable, match="BACKUP_KEYS"):
        unsealed(sealed(b"content"), OTHER)


@pytest.mark.parametrize("place", [0, len(MAGIC) + 3, len(MAGIC) + 16 + 5, CHUNK, CHUNK + 100, -1])
def test_one_bit_that_is_another_is_noticed(place: int) -> None:
    data = bytearray(sealed(b"content" * 300_000))
    data[place] ^= 1
    with pytest.raises(Unreadable):
        unsealed(bytes(data))


@pytest.mark.parametrize("length", [0, 5, 40, CHUNK, len(MAGIC) + 16 + CHUNK + 16, -1])
def test_a_file_that_was_cut_off_is_noticed(length: int) -> None:
    with pytest.raises(Unreadable):
        unsealed(sealed(b"content" * 300_000)[:length])


def test_parts_in_another_order_or_of_another_file_are_noticed() -> None:
    data, start, size = sealed(bytes(3 * CHUNK)), len(MAGIC) + 16, CHUNK + 16
    first, second = data[start : start + size], data[start + size : start + 2 * size]
    with pytest.raises(Unreadable):
        unsealed(data[:start] + second + first + data[start + 2 * size :])
    with pytest.raises(Unreadable):
        unsealed(sealed(bytes(3 * CHUNK))[:start] + data[start:])
