"""Pack versions ready for use: the one in force, and earlier ones for old sessions.

The version in force is what the store says was approved last; while it says nothing,
it is the pack in the folder. A running process asks the store every few seconds at
most, so that what was approved anywhere is in force everywhere soon. A version that
cannot be used, or breaks a safety rule, is not put in force: people are then led by
the version before, and the log says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from bot.log import Log
from bot.ports import Proposed, Ruled, StoreError
from dialogs.engine import Engine
from knowledge.load import load, load_folder
from knowledge.model import Caution, Pack
from knowledge.problems import PackError
from knowledge.search import PassageIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from bot.ports import Clock, Ids, SessionRow, Store, Transaction

ENGINES_KEPT: Final = 8
"""Pack versions ready in memory; older ones are loaded again when needed. Ours."""
ASKED_EVERY: Final = timedelta(seconds=3)
"""How often a process asks which version is in force. Ours: what is approved must be
in force everywhere within ten seconds."""
LOOKED_AT: Final = 200
"""Newest proposals looked at; a pack has a handful a year. Ours."""
NOT_REVIEWED: Final = Caution(
    "not-reviewed",
    "Not reviewed",
    "Nobody but its author has seen this version of the guidance. It is for trial and"
    " training on one machine. Do not use it for a real child.",
)
_LOG = Log(__name__)


class GuidanceLost(Exception):
    """The pack version of a session is not kept as it was, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Version:
    """A pack version with its files, as it is kept."""

    pack: Pack
    files: Mapping[str, str]


def in_force(proposals: Iterable[Proposed], now: datetime) -> Proposed | None:
    """Return what is in force at a moment, or None where nothing was approved.

    Args:
        proposals: Of one pack, in any order.
        now: The moment, time zone aware.
    """
    begun = [
        (ruling.in_force_at, ruling.n, each)
        for each in proposals
        if (ruling := each.ruling) is not None
        and ruling.ruled == Ruled.APPROVED
        and ruling.in_force_at is not None
        and ruling.in_force_at <= now
    ]
    return max(begun, key=lambda one: one[:2])[2] if begun else None


class Shelf:
    """The pack in force, and earlier versions for sessions begun on them."""

    def __init__(
        self,
        current: Version,
        clock: Clock,
        ids: Ids,
        held: Callable[[Version], bool] | None = None,
    ) -> None:
        """Take the version that new sessions begin on while nothing is approved.

        Args:
            current: The version in the folder.
            clock: The time, UTC.
            ids: Makes references.
            held: Says whether a version keeps every safety rule; None where that
                is known of all that can be approved.
        """
        self.shipped = current
        self.current = current
        self.name = ""
        self._clock = clock
        self._ids = ids
        self._held = held
        self._engines: dict[str, Engine] = {}
        self._proposals: tuple[Proposed, ...] = ()
        self._ruled = 0
        self._asked_at: datetime | None = None
        self._refused: set[str] = set()
        self._lock = Lock()

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        clock: Clock,
        ids: Ids,
        held: Callable[[Version], bool] | None = None,
    ) -> Shelf:
        """Load the pack in a folder.

        Raises:
            PackError: Anything is wrong with it.
        """
        pack, files = load_folder(folder)
        return cls(Version(pack, files), clock, ids, held)

    # ---- which version is in force ----------------------------------------------

    def refresh(self, store: Store, *, now: bool = False) -> None:
        """Ask the store which version is in force, if it is time to ask again.

        Args:
            store: Where versions are kept.
            now: Ask even if it was asked a moment ago.
        """
        # Whoever comes while another thread asks goes on with what is there.
        if not self._lock.acquire(blocking=now):
            return
        try:
            self._refresh(store, now=now)
        except StoreError as error:
            _LOG.warning("guidance:version:not-asked", kind=type(error).__name__)
        finally:
            self._lock.release()

    def _refresh(self, store: Store, *, now: bool) -> None:
        moment = self._clock.now()
        asked = self._asked_at
        due = asked is None or not timedelta() <= moment - asked < ASKED_EVERY
        if due or now:
            with store.reading() as transaction:
                ruled = transaction.last_ruling(self.shipped.pack.id)
                if ruled != self._ruled:
                    self._proposals = transaction.proposals(
                        self.shipped.pack.id, LOOKED_AT
                    )
                    self._ruled = ruled
                    self._engines.clear()
                self._asked_at = moment
                self._settle(in_force(self._proposals, moment), transaction)

    def _settle(self, found: Proposed | None, transaction: Transaction) -> None:
        if found is None or found.row.name == self.name:
            return
        if found.row.name in self._refused:
            return
        version = self._usable(found, transaction)
        if version is None:
            self._refused.add(found.row.name)
            return
        self.current = version
        self.name = found.row.name
        _LOG.info("guidance:version:in-force", version=found.row.name)

    def _usable(self, found: Proposed, transaction: Transaction) -> Version | None:
        """Return a version that may be used, or None with the reason in the log."""
        row = transaction.guidance(found.row.guidance)
        try:
            pack = kept_pack(transaction, found.row.guidance)
        except GuidanceLost:
            _LOG.error("guidance:version:lost", version=found.row.name)
            return None
        version = Version(self._cautioned(pack), row.files if row else {})
        if self._held is not None and not self._held(version):
            _LOG.error("guidance:version:unsafe", version=found.row.name)
            return None
        return version

    def _cautioned(self, pack: Pack) -> Pack:
        """Return a pack that says so where nobody has reviewed it."""
        ruled = [
            each.ruling.reviewed
            for each in self._proposals
            if each.row.guidance == pack.hash
            and each.ruling is not None
            and each.ruling.ruled == Ruled.APPROVED
        ]
        if not ruled or any(ruled):
            return pack
        return replace(pack, cautions=(*pack.cautions, NOT_REVIEWED))

    def changed_since(self, row: SessionRow) -> bool:
        """Say whether what came into force since a session began changes safety."""
        if row.guidance == self.current.pack.hash:
            return False
        moment = self._clock.now()
        return any(
            each.row.changes_safety
            for each in self._proposals
            if each.ruling is not None
            and each.ruling.in_force_at is not None
            and row.started_at < each.ruling.in_force_at <= moment
        )

    # ---- engines ------------------------------------------------------------------

    def engine(self, guidance: str, transaction: Transaction) -> Engine:
        """Return the engine of a pack version, loading it where needed.

        Raises:
            GuidanceLost: The version is not kept, or is not what its hash says.
        """
        found = self._engines.get(guidance)
        if found is None:
            found = self._made(self._pack(guidance, transaction))
            self._engines[guidance] = found
            while len(self._engines) > ENGINES_KEPT:
                self._engines.pop(next(iter(self._engines)), None)
        return found

    def _pack(self, guidance: str, transaction: Transaction) -> Pack:
        for version in (self.current, self.shipped):
            if guidance == version.pack.hash:
                return version.pack
        return self._cautioned(kept_pack(transaction, guidance))

    def _made(self, pack: Pack) -> Engine:
        return Engine(
            pack,
            new_reference=self._ids.reference,
            # The local date in the United Kingdom is never before the one in UTC, so
            # no day that is still to come there is refused.
            today=lambda: self._clock.now().date(),
            search=PassageIndex(pack).search,
        )


def kept_pack(transaction: Transaction, guidance: str) -> Pack:
    """Return a pack version as it was kept.

    Raises:
        GuidanceLost: It is not kept, or is not what its hash says, or this
            version of the bot cannot read it.
    """
    row = transaction.guidance(guidance)
    try:
        pack = load(row.files) if row else None
    except PackError as error:
        raise GuidanceLost(guidance) from error
    if pack is None or pack.hash != guidance:
        raise GuidanceLost(guidance)
    return pack
