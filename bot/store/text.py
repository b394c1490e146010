"""How times and bodies are written as text, and read back. Pure.

There is one way to write each, so that equal values are equal text on every
database, Python version and locale, and a hash over them can be repeated years later.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_canonical: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
"""Made once: making an encoder took as long as most bodies do."""


def time_as_text(at: datetime) -> str:
    """Return the moment in UTC, 27 signs wide, to the microsecond.

    Raises:
        ValueError: the time has no zone, so which moment is meant is unknown.
    """
    if at.tzinfo is not UTC:
        if at.utcoffset() is None:
            raise ValueError("A time without a time zone cannot be stored.")
        at = at.astimezone(UTC)
    return f"{at.isoformat(timespec='microseconds').removesuffix('+00:00')}Z"


def time_from_text(text: str) -> datetime:
    """Return the moment in UTC that `time_as_text` wrote."""
    return datetime.fromisoformat(text)


def body_as_text(body: Mapping[str, object]) -> str:
    """Return canonical JSON: keys in order, no spaces, ASCII.

    Other alphabets are escaped, so that no encoding of a database can change a
    letter and half a character from a broken client cannot fail a turn.

    Raises:
        TypeError: the body holds something JSON cannot.
        ValueError: the body holds a number that is not finite.
    """
    return _canonical(dict(body))


def body_from_text(text: str) -> dict[str, Any]:
    """Return the body that `body_as_text` wrote."""
    body: dict[str, Any] = json.loads(text)
    return body
