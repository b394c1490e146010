"""Seals what people wrote before it reaches SQL, one key a record.

A record is everything that is erased together: a session with its facts, decisions,
alerts and ledger entries. What is sealed is bound to its place, so that sealed text
moved to another row does not open. Nothing here touches a database.
"""

import hashlib
import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as _quoted
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.ports import SealBroken
from bot.store.keys import Keys
from bot.store.text import body_as_text, body_from_text

SEALED = "1."
"""What sealed text begins with: the version of how it was sealed."""
KEY_BITS = 256
NONCE_BYTES = 12
STAMP_SIGNS = len(SEALED) + NONCE_BYTES // 3 * 4
"""Signs that sealed text begins with and no other of its record does: the nonce."""
KEYS_KEPT = 1_000
"""Record keys a process remembers, those used last. Ours: 0.5 MB."""


class RecordKey:
    """The key of one record.

    Attributes:
        commitment: hash of the key. It stands in the ledger, because one sealed text
            can be made to open under two keys where the key is not bound.
    """

    __slots__ = ("_aead", "commitment")

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self.commitment = hashlib.sha256(b"kc" + key).hexdigest()

    def seal(self, record: str, place: str, body: Mapping[str, object]) -> str:
        """Return a body as it may be stored.

        Args:
            record: whose key this is.
            place: names the row, with whatever else of it must not be changed.
            body: what JSON can hold.
        """
        nonce = os.urandom(NONCE_BYTES)
        text = body_as_text(body).encode("ascii")
        sealed = self._aead.encrypt(nonce, text, _bound(record, place))
        return SEALED + b64encode(nonce + sealed).decode("ascii")

    def unseal(self, record: str, place: str, sealed: str) -> dict[str, Any]:
        """Return the body that was sealed for this place.

        Raises:
            SealBroken: it was changed, moved or sealed by another key.
        """
        try:
            raw = b64decode(sealed.removeprefix(SEALED), validate=True)
            nonce, rest = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            text = self._aead.decrypt(nonce, rest, _bound(record, place))
        except (NotBase64, ValueError, InvalidTag):
            raise SealBroken(record, place) from None
        return body_from_text(text.decode("ascii"))


def _bound(record: str, place: str) -> bytes:
    # As JSON, so that no two pairs of words are the same bytes.
    return f"[{_quoted(record)}, {_quoted(place)}]".encode("ascii")


class Keyring:
    """Makes and opens record keys, and remembers those used last.

    It is asked by the wrapped key that stands in the database, never by the record's
    name, so a key that was erased or undone there is never used again.
    """

    def __init__(self, keys: Keys, kept: int = KEYS_KEPT) -> None:
        """Take the master keys; `kept` is how many keys to remember, > 0."""
        self.keys = keys
        self._kept = kept
        self._opened: OrderedDict[str, RecordKey] = OrderedDict()
        self._lock = Lock()

    def new(self) -> str:
        """Return a new key, wrapped."""
        return self.keys.wrapped(AESGCM.generate_key(KEY_BITS))

    def opened(self, wrapped: str) -> RecordKey:
        """Return the key that was wrapped.

        Raises:
            KeyUnknown: no master key opens it.
        """
        with self._lock:
            found = self._opened.get(wrapped)
            if found is not None:
                self._opened.move_to_end(wrapped)
                return found
        made = RecordKey(self.keys.unwrapped(wrapped))
        with self._lock:
            self._opened[wrapped] = made
            while len(self._opened) > self._kept:
                self._opened.popitem(last=False)
        return made
