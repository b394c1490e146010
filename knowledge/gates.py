"""Conditions over bits: tests of one number, and of what it can still become.

A state of a pass is one number. A condition is built here from *all*, *any* and
*not* over its bits, as functions that are quick to call; a second function says
whether it can still come to hold, given which bits may still change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

BitTest: TypeAlias = "Callable[[int], bool]"
Found = TypeVar("Found")


class Gate(NamedTuple):
    """A condition over bits.

    Attributes:
        kind: ``bit``, ``not``, ``all`` or ``any``.
        mask: Every bit it reads.
    """

    kind: str
    mask: int
    parts: tuple[Gate, ...]


class Bits(NamedTuple):
    """A condition as a test of bits."""

    test: BitTest
    gate: Gate

    @property
    def mask(self) -> int:
        """Every bit it reads."""
        return self.gate.mask


class Known(Generic[Found]):
    """What was worked out from some bits, for all that agree on those it read.

    A state carries much that is read only later, so that many are led the same way.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._by_reads: dict[int, dict[int, Found]] = {}

    def get(self, bits: int) -> Found | None:
        """Return what was worked out from bits like these, or None."""
        for reads, known in self._by_reads.items():
            found = known.get(bits & reads)
            if found is not None:
                return found
        return None

    def keep(self, reads: int, bits: int, found: Found) -> None:
        """Keep what was worked out.

        Args:
            reads: Every bit that was read for it.
            bits: The bits it was worked out from.
            found: What came of it.
        """
        self._by_reads.setdefault(reads, {})[bits & reads] = found


class Future(NamedTuple):
    """Bits that may still change from a place on.

    Attributes:
        rise: Those that may still be set.
        fall: Those that may still be cleared.
    """

    rise: int
    fall: int


def possible(gate: Gate, future: Future) -> BitTest:
    """Return a test that says whether a condition can still hold.

    Args:
        gate: The condition.
        future: Bits that may still change.
    """
    return any_possible([(gate, future)])


def any_possible(conditions: Iterable[tuple[Gate, Future]]) -> BitTest:
    """Return a test that says whether one of some conditions can still hold."""
    opened = [_opened(gate, future, holds=True) for gate, future in conditions]
    gates = [gate for gate in opened if gate is not None]
    if len(gates) < len(opened):
        return _always
    return bit_test(_one(gates, "any"))


def _opened(gate: Gate, future: Future, *, holds: bool) -> Gate | None:
    """Return what a condition that can hold (or fail) needs now; None for nothing."""
    if gate.kind == "not":
        return _opened(gate.parts[0], future, holds=not holds)
    if gate.kind == "bit":
        if gate.mask & (future.rise if holds else future.fall):
            return None
        return gate if holds else Gate("not", gate.mask, (gate,))
    opened = [_opened(part, future, holds=holds) for part in gate.parts]
    needed = [part for part in opened if part is not None]
    if (gate.kind == "all") == holds:
        return _one(needed, "all") if needed else None
    return _one(needed, "any") if len(needed) == len(opened) else None


def _one(gates: Sequence[Gate], kind: str) -> Gate:
    """Put gates together, opening those of the same kind among them."""
    parts = [
        part
        for gate in gates
        for part in (gate.parts if gate.kind == kind else (gate,))
    ]
    return parts[0] if len(parts) == 1 else gate_of(kind, parts)


def _always(_bits: int) -> bool:
    return True


def bit_test(gate: Gate) -> BitTest:
    """Turn a condition over bits into a function."""
    if gate.kind == "bit":
        bit = gate.mask
        return lambda bits: bits & bit != 0
    if gate.kind == "not":
        inner = bit_test(gate.parts[0])
        return lambda bits: not inner(bits)
    mask = joined(part.mask for part in gate.parts if part.kind == "bit")
    tests = tuple(bit_test(part) for part in gate.parts if part.kind != "bit")
    return _every(mask, tests) if gate.kind == "all" else _some(mask, tests)


def _every(mask: int, tests: tuple[BitTest, ...]) -> BitTest:
    def holds(bits: int) -> bool:
        if bits & mask != mask:
            return False
        for test in tests:  # noqa: SIM110 - a generator would be the dearest part
            if not test(bits):
                return False
        return True

    return holds


def _some(mask: int, tests: tuple[BitTest, ...]) -> BitTest:
    def holds(bits: int) -> bool:
        if bits & mask:
            return True
        for test in tests:  # noqa: SIM110 - a generator would be the dearest part
            if test(bits):
                return True
        return False

    return holds


def gate_of(kind: str, parts: Sequence[Gate]) -> Gate:
    """Return *all* or *any* of some gates."""
    return Gate(kind, joined(part.mask for part in parts), tuple(parts))


def joined(masks: Iterable[int]) -> int:
    """Return all bits of some masks."""
    result = 0
    for mask in masks:
        result |= mask
    return result
