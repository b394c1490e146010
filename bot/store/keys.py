"""The master keys of the record, kept in a file apart from the database.

A record key seals what people wrote; a master key wraps the record keys, so changing
the master key rewrites a few bytes a session and nothing that was sealed. The newest
master key wraps; every one in the file unwraps. The same file holds the key that signs
the head of the ledger. It is a text file, one key a line, that only its owner may
read, and it must never lie in the same backup as the database.
"""

import hashlib
import os
import stat
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from bot.ports import (
    KeysExposed,
    KeysMissing,
    KeysUnreadable,
    KeyUnknown,
    StoreUnavailable,
)
from bot.store.text import body_as_text, body_from_text

SEAL = "seal"
SIGN = "sign"
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
GROUP_AND_OTHERS = 0o077
HEADING = """\
# Keys of the record: whoever has them can read it, and without them nobody can.
# Keep them apart from the database and out of its backups. Newest first.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Lines:
    """What a key file says.

    Attributes:
        seal: master keys as text, newest first; at least one.
        sign: signing keys as text, newest first; at least one.
    """

    seal: tuple[str, ...]
    sign: tuple[str, ...]

    def as_text(self) -> str:
        """Return the file's text."""
        keys = [f"{SEAL} {key}" for key in self.seal]
        keys += [f"{SIGN} {key}" for key in self.sign]
        return HEADING + "\n".join(keys) + "\n"


class Keys:
    """Wraps and unwraps record keys, and signs heads of the ledger.

    All threads may share it. A process that meets a record key it cannot unwrap reads
    the file again first, since the master key may have been changed meanwhile.
    """

    def __init__(self, lines: Lines, path: Path | None = None) -> None:
        """Take what a key file says; `path` is where it can be read again."""
        self._path = path
        self._as_of = _stamp(path) if path is not None else None
        self._take(lines)

    @classmethod
    def new(cls) -> "Keys":
        """Return new keys that are in no file."""
        return cls(new_lines())

    def __repr__(self) -> str:
        """Show how many there are, and none of them."""
        return f"Keys({len(self._lines.seal)} to seal, {len(self._lines.sign)} to sign)"

    @property
    def lines(self) -> Lines:
        """What the key file says."""
        return self._lines

    def _take(self, lines: Lines) -> None:
        signing = [Ed25519PrivateKey.from_private_bytes(_raw(k)) for k in lines.sign]
        self._lines = lines
        self._fernet = MultiFernet([Fernet(key) for key in lines.seal])
        self._signing = signing[0]
        self._known = {_name(k.public_key()): k.public_key() for k in signing}

    def wrapped(self, key: bytes) -> str:
        """Return a record key as it may be stored.

        The file is looked at first: once a master key is replaced nothing more may be
        wrapped by it, since it will be dropped. That is one question to the system a
        session.
        """
        if self._path is not None and _stamp(self._path) != self._as_of:
            self.read_again()
        return self._fernet.encrypt(key).decode("ascii")

    def unwrapped(self, token: str) -> bytes:
        """Return the record key that was wrapped.

        Raises:
            KeyUnknown: no master key in the file is the one that wrapped it.
        """
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            self.read_again()
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            raise KeyUnknown from None

    def rewrapped(self, token: str) -> str:
        """Return the same record key, wrapped by the newest master key.

        Raises:
            KeyUnknown: as above.
        """
        return self.wrapped(self.unwrapped(token))

    def read_again(self) -> None:
        """Take what the key file says now; raises as `read_keys` does."""
        if self._path is not None:
            self._as_of = _stamp(self._path)
            self._take(read_lines(self._path))

    def signed(self, what: str, fields: Mapping[str, object]) -> str:
        """Return one line of JSON that holds the fields and a signature over them."""
        key = _name(self._signing.public_key())
        said = {**fields, "key": key, "what": what}
        signature = self._signing.sign(body_as_text(said).encode("ascii"))
        return body_as_text({**said, "signature": signature.hex()})

    def checked(self, what: str, line: str) -> Mapping[str, object] | None:
        """Return the fields of a signed line, or None where it is not one of ours."""
        try:
            said = body_from_text(line)
            signature = bytes.fromhex(said.pop("signature"))
            text = body_as_text(said).encode("ascii")
            self._known[said["key"]].verify(signature, text)
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            return None
        return said if said.get("what") == what else None


def new_lines() -> Lines:
    """Return what a new key file says."""
    signing = Ed25519PrivateKey.generate().private_bytes_raw()
    return Lines(
        (Fernet.generate_key().decode("ascii"),),
        (urlsafe_b64encode(signing).decode("ascii"),),
    )


def with_a_new_key(lines: Lines) -> Lines:
    """Return the lines with one more master key before the others."""
    return Lines((Fernet.generate_key().decode("ascii"), *lines.seal), lines.sign)


def with_only_the_newest(lines: Lines) -> Lines:
    """Return the lines without the master keys that were replaced."""
    return Lines(lines.seal[:1], lines.sign)


def read_keys(path: Path) -> Keys:
    """Return the keys in a file.

    Raises:
        KeysMissing: there is no such file.
        KeysExposed: other accounts can reach it; the message names the chmod.
        KeysUnreadable: a line is no key, or there are none.
    """
    return Keys(read_lines(path), path)


def read_lines(path: Path) -> Lines:
    """Return what a key file says; raises as `read_keys` does."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeysMissing(str(path)) from None
    except (OSError, UnicodeError):
        raise KeysUnreadable(str(path), 0) from None
    if mode & GROUP_AND_OTHERS:
        raise KeysExposed(str(path), mode)
    kept: dict[str, list[str]] = {SEAL: [], SIGN: []}
    for number, line in enumerate(text.splitlines(), start=1):
        word, _, key = line.strip().partition(" ")
        if not word or word.startswith("#"):
            continue
        if word not in kept or not _is_key(word, key):
            raise KeysUnreadable(str(path), number)
        kept[word].append(key)
    if not kept[SEAL] or not kept[SIGN]:
        raise KeysUnreadable(str(path), 0)
    return Lines(tuple(kept[SEAL]), tuple(kept[SIGN]))


def make_keys(path: Path) -> Keys:
    """Make a key file, or return the keys of one that somebody made meanwhile.

    Raises:
        StoreUnavailable: the file cannot be written.
    """
    written = _written_beside(path, new_lines())
    try:
        # A link appears whole or not at all, and never replaces what is there.
        os.link(written, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreUnavailable(type(error).__name__, f"errno {error.errno}") from None
    finally:
        written.unlink()
    return read_keys(path)


def replace_keys(path: Path, lines: Lines) -> None:
    """Write other keys into a key file, whole or not at all.

    Raises:
        StoreUnavailable: the file cannot be written; the old one is untouched.
    """
    written = _written_beside(path, lines)
    try:
        written.replace(path)
    except OSError as error:
        written.unlink()
        raise StoreUnavailable(type(error).__name__, f"errno {error.errno}") from None


def _written_beside(path: Path, lines: Lines) -> Path:
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        # The file is private from the first byte on.
        handle, name = tempfile.mkstemp(prefix=".keys-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(lines.as_text())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreUnavailable(type(error).__name__, f"errno {error.errno}") from None
    return Path(name)


def _is_key(word: str, key: str) -> bool:
    # Both kinds are 32 bytes, written as Fernet writes its keys.
    try:
        return word in {SEAL, SIGN} and len(_raw(key)) == 32  # noqa: PLR2004 -- above
    except (NotBase64, ValueError):
        return False


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns)


def _raw(key: str) -> bytes:
    return urlsafe_b64decode(key)


def _name(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def public_keys(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the public halves of signing keys, for those who keep anchors."""
    made = (Ed25519PrivateKey.from_private_bytes(_raw(key)) for key in lines)
    return tuple(key.public_key().public_bytes_raw().hex() for key in made)
