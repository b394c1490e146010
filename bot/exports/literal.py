"""Makes what people wrote safe to show: every sign literal, none of them hidden.

Signs that turn the direction of text round, that take no room, or that the shipped
fonts cannot draw are written by name. Long words are parted, so that they break at the
edge of a page. What is exact stands in the JSON, which every printed copy carries.
"""

import re
import unicodedata
from typing import Final

PIECE: Final = 24
"""Longest run without a place to break, in characters; a line holds about 90. Ours."""

# What the fonts that come with typst 0.15 draw, found by trying each sign.
_DRAWN: Final = re.compile(
    "[\n\t\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u0300-\u036f\u0370-\u0373\u0386"
    "\u0388-\u038a\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff\u05d0-\u05ea\u0621-\u063a"
    "\u0641-\u064a\u0660-\u0669\u067e\u0686\u0698\u06a9\u06af\u06cc\u06f0-\u06f9"
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u20a0-\u20c0\u2190-\u21ff\u2200-\u22ff]"
)
_SPACES: Final = frozenset(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2009\u202f\u3000"
)


def by_name(sign: str) -> str:
    """Return a sign's code and name, such as ``[U+1F600 GRINNING FACE]``."""
    name = unicodedata.name(sign, "")
    return f"[U+{ord(sign):04X}{' ' if name else ''}{name}]"


def drawable(text: str) -> str:
    """Return text with every sign that cannot be drawn or seen written by name.

    Joined letters are put together first, so that an accent is drawn with its letter.
    """
    return "".join(
        sign if _DRAWN.fullmatch(sign) else " " if sign in _SPACES else by_name(sign)
        for sign in unicodedata.normalize("NFC", text)
    )


def plain(text: str) -> str:
    """Return text with every sign beyond the simplest fonts written by name."""
    return "".join(
        sign if sign in "\n\t" or " " <= sign <= "~" else by_name(sign) for sign in text
    )


def pieces(text: str) -> list[str]:
    """Part a line into runs between which a page may break it; nothing is lost."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*|\s+", text):
        found += [word[at : at + PIECE] for at in range(0, len(word), PIECE)]
    merged: list[str] = []
    for one in found:
        short = merged and len(merged[-1]) < PIECE and merged[-1][-1:].isspace()
        if short and len(one) < PIECE:
            merged[-1] += one
        else:
            merged.append(one)
    return merged
