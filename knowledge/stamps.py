"""Remembers which packs were proved, so that starting does not prove them again.

A stamp names the pack, the rules and the prover by their hashes. It is looked
up, never believed: a file that cannot be read, or that names anything else,
counts as nothing, and the pack is proved. Only proofs that held are kept.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.prove import Proof, proof_stamp, prove
from knowledge.rule_reader import rules_hash

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack


@dataclass(frozen=True, slots=True)
class Stamp:
    """A proof that held before, for exactly this pack, these rules and this prover."""

    stamp: str


def ensure_proved(
    pack: Pack, core: str, cache: Path | None, safety: str = ""
) -> Proof | Stamp:
    """Return the stamp of an earlier proof, or prove now.

    Args:
        pack: The pack.
        core: The text of the core rules.
        cache: A small file that keeps stamps of proofs that held; None keeps
            nothing. What cannot be read in it counts as not proved.
        safety: The text of the pack's own ``safety.yaml``; empty for none.

    Returns:
        A stamp where this pack was proved with these rules by this prover;
        otherwise the proof, whose verdicts the caller must look at.

    Raises:
        PackError: A rule cannot be read against this pack.
        TooLarge: The flow needs more than the stated bound.
        OSError: The cache cannot be written.
    """
    wanted = proof_stamp(pack.hash, rules_hash(core, safety))
    if wanted in _stamps(cache):
        return Stamp(wanted)
    proof = prove(pack, core, safety)
    if cache is not None:
        keep(proof, cache)
    return proof


def keep(proof: Proof, cache: Path) -> None:
    """Keep the stamp of a proof where it held; one that did not is never kept.

    Args:
        proof: The proof.
        cache: See :func:`ensure_proved`.

    Raises:
        OSError: The cache cannot be written.
    """
    if proof.held:
        _write(cache, sorted({*_stamps(cache), proof.stamp}))


def _stamps(cache: Path | None) -> frozenset[str]:
    if cache is None:
        return frozenset()
    try:
        stamps = json.loads(cache.read_text(encoding="utf-8"))["proved"]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    if not isinstance(stamps, list):
        return frozenset()
    return frozenset(stamp for stamp in stamps if isinstance(stamp, str))


def _write(cache: Path, stamps: list[str]) -> None:
    """Replace the file whole, readable by its owner only."""
    new = cache.with_name(f"{cache.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"proved": stamps}, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(cache)
