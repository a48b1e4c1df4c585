"""Encrypts files of any size as streams.

Fernet needs the whole file in memory, so this is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015), as in age and Tink:
a separate key for each file (HKDF-SHA256 of one of `BACKUP_KEYS` and a random salt), and ChaCha20-Poly1305 over
chunks of 1 MiB, each with its number as the nonce. Only the last chunk is shorter, so a truncated file
lacks it. A file with changed, moved, missing or truncated chunks can't be decrypted.

    "ticketz-backup 1\\n" | salt (16 bytes) | chunk | chunk | ... | last chunk (shorter than the others, maybe empty)
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from os import urandom
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ticketz.backups.errors import Unreadable

MAGIC = b"ticketz-backup 1\n"
CHUNK = 1 << 20
_SALT, _TAG = 16, 16


class SealingWriter:
    """A file-like object that encrypts what is written. Call `finish` at the end, or the file can't be read."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        self._file = file
        self._header = MAGIC + urandom(_SALT)
        self._cipher = _cipher(key, self._header)
        self._waiting = bytearray()
        self._number = 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Accepts any amount. Full chunks are written at once."""
        self._waiting += data
        while len(self._waiting) >= CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]))
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._waiting))

    def _seal(self, chunk: bytes) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number), chunk, self._header))
        self._number += 1


class UnsealingReader:
    """Decrypts with whichever key fits. Raises Unreadable at the first problem."""

    def __init__(self, file: BinaryIO, keys: Sequence[str]) -> None:
        self._chunks = _open_chunks(file, keys)
        self._ready = b""

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes (all there is without one); nothing at the end."""
        while size < 0 or len(self._ready) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._ready += chunk
        end = len(self._ready) if size < 0 else size
        taken, self._ready = self._ready[:end], self._ready[end:]
        return taken


def _open_chunks(file: BinaryIO, keys: Sequence[str]) -> Iterator[bytes]:
    header = file.read(len(MAGIC) + _SALT)
    if not header.startswith(MAGIC) or len(header) < len(MAGIC) + _SALT:
        raise Unreadable("This file is no backup of Ticketz, or one of a later version.")
    ciphers = [_cipher(key, header) for key in keys]
    number, is_last = 0, False
    while not is_last:
        block = file.read(CHUNK + _TAG)
        is_last = len(block) < CHUNK + _TAG
        cipher, chunk = _open(ciphers, _nonce(number), block, header)
        ciphers, number = [cipher], number + 1
        yield chunk


def _open(
    ciphers: Sequence[ChaCha20Poly1305], nonce: bytes, block: bytes, header: bytes
) -> tuple[ChaCha20Poly1305, bytes]:
    for cipher in ciphers:
        try:
            return cipher, cipher.decrypt(nonce, block, header)
        except InvalidTag:
            continue
    raise Unreadable("This file can't be decrypted. It is damaged or cut off, or BACKUP_KEYS lacks the key of then.")


def _cipher(key: str, header: bytes) -> ChaCha20Poly1305:
    derivation = HKDF(SHA256(), length=32, salt=header[len(MAGIC) :], info=b"ticketz backup 1")
    return ChaCha20Poly1305(derivation.derive(urlsafe_b64decode(key)))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
