"""Reads the form encoding of a payload, whose every second sign is escaped.

A payload echoes the whole message that was clicked, so its signs of JSON come as
escapes by the thousand, and the standard library's reader of URLs looks at each by
itself: half of the time that a click took before anything was done. Its reader of
mail undoes the same escapes, but for the sign they begin with, in one sweep of C.
"""

from binascii import a2b_qp
from urllib.parse import unquote_to_bytes


def unquoted(text: bytes) -> bytes:
    """Return what a value of a form was before it was encoded.

    Args:
        text: As it came.
    """
    escapes = text.count(b"%")
    mailed = text.replace(b"=", b"=3D").replace(b"%", b"=").replace(b"+", b" ")
    found = a2b_qp(mailed)
    # Each whole escape is two signs shorter now. A percent sign that begins none, or a
    # line end, which mail reads otherwise, is left to the reader of URLs.
    whole = len(found) == len(text) - 2 * escapes
    if whole and b"\n" not in text and b"\r" not in text:
        return found
    return unquote_to_bytes(text.replace(b"+", b" "))
