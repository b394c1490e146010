"""Reads the form encoding of a payload, whose every second sign is escaped.

A payload echoes the whole message that was clicked, so its signs of JSON come as
escapes by the thousand, and the standard library looks at each by itself: half of the
time that a click took before anything was done. Here each kind of escape is replaced
in one sweep. A percent sign always begins an escape, so no sweep can make a new one;
the escape of the percent sign itself comes last.
"""

from typing import Final
from urllib.parse import unquote_to_bytes

_SIGNS: Final = b"\"{}[]:,/ '()!?<>=|&;@#+\\\n"
_ESCAPES: Final = tuple((b"%%%02X" % sign, bytes([sign])) for sign in _SIGNS)


def unquoted(text: bytes) -> bytes:
    """Return what a value of a form was before it was encoded.

    Args:
        text: As it came; signs that are rare are left to the standard library.
    """
    found = text.replace(b"+", b" ")
    for escape, sign in _ESCAPES:
        found = found.replace(escape, sign)
    rest, _, tail = found.partition(b"%")
    if not tail:
        return found
    # What is left is written in other scripts, in small letters, or a percent sign.
    return rest + unquote_to_bytes(b"%" + tail)
