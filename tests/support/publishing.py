"""Administrators, versions that may be put in force, and what puts them there."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from threading import Event

from bot.channels.limits import LIMITS
from bot.gates import Gates, Judged
from bot.guide import Guide, Shelf, Version
from bot.ports import Clock, Ids, Store
from bot.publishing import Draft, Publishing
from bot.roles import Who, who_is
from dialogs.screens import EMERGENCY_OUTCOME
from knowledge.check import Surroundings
from knowledge.compare import Comparison
from knowledge.load import content_hash, load
from knowledge.model import Pack
from knowledge.prove import Proof
from tests.support.packs import ROOT, shipped_files, shipped_pack
from tests.support.web import shipped_directory

TODAY = date(2026, 11, 23)
KEPT_BY = """owner: Ana Okoro
deputies: [Ben Ashe, Cat Hall]
"""
SIGNED = """signed-off-by: Dee Marlow
signed-off-on: 2026-11-20
"""
PLAINER = ("Does a child, or anyone,", "Does any child, or anyone else,")
GRAVER = (
    "alerts:\n",
    """alerts:
  - if: {how-to-share.method: post}
    urgency: today
    because: a letter may be opened by somebody else
""",
)
"""Asks for an alert where none was asked for; no case is about it."""


def files_with(*edits: tuple[str, str]) -> dict[str, str]:
    """Return the shipped files, kept and signed off, with edits of the flow."""
    files = shipped_files()
    head = files["pack.yaml"].replace("owner: Not yet named\ndeputies: []\n", KEPT_BY)
    files["pack.yaml"] = head.replace('signed-off-by: ""\nsigned-off-on: ""\n', SIGNED)
    assert files["pack.yaml"] != shipped_files()["pack.yaml"]
    for old, new in edits:
        assert old in files["flow.yaml"], old
        files["flow.yaml"] = files["flow.yaml"].replace(old, new, 1)
    return files


def a_draft(*edits: tuple[str, str], reason: str = "Plainer words") -> Draft:
    return Draft(files_with(*edits), reason)


def who(name: str) -> Who:
    """Return somebody of the directory as Slack's signed payload names them."""
    person = shipped_directory().people[name]
    return who_is(shipped_directory(), "slack", person.identities["slack"], TODAY)


ROSALIND, TOBIAS, MORGAN = "rosalind-peake", "tobias-adeyemi", "morgan-ellery"
"""Two administrators, and a lead who is none."""


class Remembering(Gates):
    """The real gates, which judge the same files once a test run: it takes seconds."""

    def judge(self, files: Mapping[str, str], *, where: str = "") -> Judged:
        key = f"{where} {content_hash(files)}"
        if key not in _JUDGED:
            _JUDGED[key] = super().judge(files, where=where)
        return _JUDGED[key]

    def compared(self, old: Pack, new: Pack) -> Comparison:
        key = (old.hash, new.hash)
        if key not in _COMPARED:
            _COMPARED[key] = super().compared(old, new)
        return _COMPARED[key]


class Trusting(Gates):
    """Gates that let anything pass at once, for tests of what comes after them."""

    def judge(self, files: Mapping[str, str], *, where: str = "") -> Judged:
        assert self.may_end.wait(30), where
        pack = load(files)
        return Judged(pack, self.faults, self.stamp(pack, files))

    def changes(self, old: Pack, new: Pack) -> tuple[bool, tuple[str, ...]]:
        first = f"{new.title}: version {old.hash[:12]} became {new.hash[:12]}."
        return True, (first, "Words: 1 text changed.", "Answers: as before.")

    def stamp(self, pack: Pack, files: Mapping[str, str]) -> str:
        return f"{super().stamp(pack, files)} {self.prover}"

    prover = "of today"
    faults: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__(lambda: SURROUNDINGS, CORE, lambda _: ())
        self.may_end = Event()
        self.may_end.set()


_JUDGED: dict[str, Judged] = {}
_COMPARED: dict[tuple[str, str], Comparison] = {}
PROOFS: list[Proof] = []
"""What the gates asked to be remembered in this run."""


CORE = (ROOT / "knowledge" / "core_rules.yaml").read_text(encoding="utf-8")
SURROUNDINGS = Surroundings(
    today=TODAY,
    limits=LIMITS,
    at_any_time=frozenset({EMERGENCY_OUTCOME}),
    rules=CORE,
)


@cache
def gates() -> Gates:
    return Remembering(lambda: SURROUNDINGS, CORE, lambda _: (), PROOFS.append)


def a_shelf(clock: Clock, ids: Ids) -> Shelf:
    return Shelf(Version(shipped_pack(), shipped_files()), clock, ids)


def a_publishing(store: Store, clock: Clock, shelf: Shelf) -> Publishing:
    return Publishing(store, clock, shelf, gates())


def a_guide(store: Store, clock: Clock, ids: Ids, shelf: Shelf) -> Guide:
    return Guide(store, clock, ids, shelf, channel="test")


def hash_of(draft: Draft) -> str:
    return load(draft.files).hash
