"""Conditions over bits: tests of one number, and of what it can still become.

A state of a pass is one number. A condition is built here from *all*, *any* and
*not* over its bits, as functions that are quick to call; a second function says
whether it can still come to hold, given which bits may still change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

BitTest: TypeAlias = "Callable[[int], bool]"


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


class Future(NamedTuple):
    """Bits that may still change from a place on.

    Attributes:
        rise: Those that may still be set.
        fall: Those that may still be cleared.
    """

    rise: int
    fall: int


def possible(gate: Gate, future: Future, *, holds: bool = True) -> BitTest:
    """Return a test that says whether a condition can still hold (or fail).

    Args:
        gate: The condition.
        future: Bits that may still change.
        holds: Ask whether it can hold; otherwise whether it can fail.
    """
    if gate.kind == "not":
        return possible(gate.parts[0], future, holds=not holds)
    if gate.kind == "bit":
        bit = gate.mask
        if bit & (future.rise if holds else future.fall):
            return lambda _: True
        if holds:
            return lambda bits: bits & bit != 0
        return lambda bits: not bits & bit
    tests = tuple(possible(part, future, holds=holds) for part in gate.parts)
    return _every(0, tests) if (gate.kind == "all") == holds else _some(0, tests)


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
