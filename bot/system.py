"""The machine's own clock and random numbers, behind the ports `Clock` and `Ids`.

This is the only module that asks for either. It holds no state, so one of each is
enough for a process and all threads may share it.
"""

import secrets
from datetime import UTC, date, datetime, time, timedelta

# Crockford's base 32 leaves out I, L, O and U. A and E go too, because without any
# vowel no id can read as a word; so do 0 and 1, which people write for O and I.
# Source: https://www.crockford.com/base32.html (read November 2026).
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"

# 13 signs out of 28 are 62 bits: a session id travels inside buttons, and whoever
# guessed one could ask about another person's session.
SESSION_SIGNS = 13
# 10 signs are 48 bits: shorter, because a reference is read out over the telephone.
REFERENCE_SIGNS = 10


MORNING = time(9, tzinfo=UTC)


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)  # noqa: TID251 -- the one place that asks


class MovableClock:
    """The clock of the machine, moved forward by hand; for trying the bot."""

    def __init__(self, begins: date | None = None) -> None:
        """Take the day it begins on, at nine in the morning UTC; None for now."""
        self._clock = SystemClock()
        self._moved = timedelta()
        if begins is not None:
            at = datetime.combine(begins, MORNING)
            self._moved = at - self._clock.now()

    def now(self) -> datetime:
        """Return the present moment in UTC, as far on as it was moved."""
        return self._clock.now() + self._moved

    def move(self, by: timedelta) -> None:
        """Move it forward.

        Raises:
            ValueError: Time does not go back: what is stored would be in the future.
        """
        if by < timedelta():
            raise ValueError("The clock goes forward.")
        self._moved += by


class SystemIds:
    """Ids from the operating system's source of randomness."""

    def session(self) -> str:
        """Return a new session id, small letters, such as `s-7k3mq2xd9p4tv`."""
        return f"s-{_signs(SESSION_SIGNS).lower()}"

    def reference(self) -> str:
        """Return a new reference in groups of four, such as `R-7K3M-Q2XD-9P`."""
        signs = _signs(REFERENCE_SIGNS)
        return f"R-{signs[:4]}-{signs[4:8]}-{signs[8:]}"

    def delivery(self) -> str:
        """Return a new delivery id, small letters, such as `d-7k3mq2xd9p4tv`."""
        return f"d-{_signs(SESSION_SIGNS).lower()}"

    def alert(self) -> str:
        """Return a new alert's reference, such as `A-7K3M-Q2XD-9P`."""
        return f"A{self.reference()[1:]}"


_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def _signs(count: int) -> str:
    # One number is asked for, and not one a sign: each is a call of the system. It is
    # written two signs at a time, and of an odd number of signs one is left out.
    many = (count + 1) // 2
    number = secrets.randbelow(len(_PAIRS) ** many)
    pairs = []
    for _ in range(many):
        number, pair = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[pair])
    return "".join(pairs)[:count]
