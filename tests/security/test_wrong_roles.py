"""Every action by every wrong role: refused, nothing changed, and in the ledger.

Who may stands here by names of people, apart from the table that decides. Each action
is done as a surface does it, through the service; a surface has nothing to add.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from bot import publishing
from bot.alerts import NoSuchAlert
from bot.channels.records import shown
from bot.directory import local_day
from bot.filing import gathered_for
from bot.finding import Finding, NoSuchRecord
from bot.keeping import Keeping
from bot.permission import Refused
from bot.ports import Audit, Logged, ProposalRow
from bot.raising import Policy
from bot.retention import Keeper, read_schedule
from bot.roles import TABLE, Action, Who, who_is
from bot.store import SqlStore, tables
from bot.store.anchors import Anchors
from bot.store.engine import make_engine
from bot.store.keys import make_keys
from bot.store.upkeep import Lawful
from dialogs.engine import Answer, Emergency
from tests.support.alerting import (
    BETTANY,
    IDRIS,
    MORGAN,
    QUENTIN,
    TAMSIN,
    USER,
    World,
    changed,
    the_directory,
)
from tests.support.deciding import DANGER, decide
from tests.support.identity import shipped_guard
from tests.support.packs import ROOT
from tests.support.publishing import a_publishing, a_shelf

ANSWERS: Final = {**DANGER, "conflict": ["deputy", "administrator"]}
"""The worry may be about the deputy or an administrator: both are kept out."""
LAWFUL: Final = Lawful("The governor", "Asked for")

PEOPLE: Final = {
    "asked": "jo-harker",
    "colleague": "emeka-sandford",
    "lead": MORGAN,
    "manager": IDRIS,
    "deputy who is kept out": TAMSIN,
    "out of hours, not told": QUENTIN,
    "alternate, not told": BETTANY,
    "lead of another team": "farida-penhaligon",
    "administrator who is kept out": "rosalind-peake",
    "lead who has left": "oscar-whitlock",
}
CHAIN: Final = {"lead", "manager"}
LEADS: Final = {"lead", "lead of another team"}
KEEPER: Final = {"administrator who is kept out"}
MAY: Final[Mapping[Action, set[str]]] = {
    Action.ANSWER: {"asked"},
    Action.READ_OWN: {"asked"},
    Action.EXPORT_OWN: {"asked"},
    Action.CORRECT_OWN: {"asked"},
    Action.DISAGREE: {"asked"},
    Action.BE_KNOWN: {"asked"},
    # Whoever asks for their own decision there is given it as their own.
    Action.FIND_RECORD: {*CHAIN, "asked"},
    Action.READ_RECORD: CHAIN,
    Action.ACKNOWLEDGE: CHAIN,
    Action.CLAIM: CHAIN,
    Action.ADVISE: CHAIN,
    Action.HAND_OVER: CHAIN,
    Action.DECLARE_CONFLICT: CHAIN,
    Action.CLOSE: CHAIN,
    Action.SEE_ENTRY: CHAIN,
    Action.SEE_ALL_ALERTS: {"operator"},
    Action.SEE_FIGURES: {*KEEPER, "operator"},
    Action.DRILL: {*LEADS, *KEEPER, "operator"},
    Action.PROPOSE_PACK: KEEPER,
    Action.APPROVE_PACK: KEEPER,
    # The record is about the administrators, so none of them may take it away.
    Action.ERASE: {"operator"},
    Action.HOLD: {"operator"},
    Action.VERIFY: {*LEADS, *KEEPER, "operator"},
    Action.ANCHOR: {*KEEPER, "operator"},
    Action.CHANGE_KEYS: {"operator"},
    Action.RELEASE: {*KEEPER, "operator"},
}
"""Who may; everybody else is refused."""


@dataclass
class Place:
    """A store in which something is there to be done with."""

    world: World
    session: str
    alert: str
    reference: str
    anchors: Anchors
    keys: Path

    def who(self, role: str) -> Who:
        """Return somebody as a platform's signed payload, or the machine, says."""
        if role == "operator":
            day = local_day(self.world.clock.now())
            directory = self.world.directory
            return who_is(directory, "terminal", "root", day, operator=True)
        if role == "stranger":
            return self.world.alerts_of.who("slack", "T0FICTION:U0NOBODY")
        if role == "guest with a lead's name":
            lead = self.world.who(MORGAN)
            return self.world.alerts_of.who(lead.channel, lead.user, guest=True)
        return self.world.who(PEOPLE[role])

    def keeping(self, who: Who) -> Keeping:
        world = self.world
        return Keeping(world.store, world.clock, world.ids, who)

    def finding(self) -> Finding:
        world = self.world
        shelf = world.guide.shelf
        return Finding(world.store, world.clock, world.raiser, shelf, shipped_guard())

    def publishing(self) -> publishing.Publishing:
        shelf = a_shelf(self.world.clock, self.world.ids)
        return a_publishing(self.world.store, self.world.clock, shelf)


ROLES: Final = (*PEOPLE, "operator", "stranger", "guest with a lead's name")
DRAFT: Final = publishing.Draft({"pack.yaml": "id: x"}, "Because")
PROPOSED: Final = "2026-11-23.1"


def export(place: Place, who: Who) -> object:
    """Ask for a copy of the decision."""
    world = place.world
    name = (who.channel, who.user)
    action = Action.EXPORT_OWN
    return gathered_for(world.store, world.clock, name, place.reference, action)


def read_decision(place: Place, who: Who) -> object:
    """Ask to be shown the decision."""
    world = place.world
    return shown(
        world.store, place.reference, who.user, as_json=True, clock=world.clock
    )


def drill(place: Place, who: Who) -> object:
    """Ask for a drill."""
    world = place.world
    return place.keeping(who).drill(world.directory, Policy(channels=("slack",)))


def retain(place: Place, who: Who) -> object:
    """Ask for retention to run."""
    schedule = read_schedule(ROOT / "knowledge" / "retention.yaml")
    keeper = Keeper(schedule, place.world.directory)
    return place.keeping(who).retain(place.anchors, keeper, dry=False)


Do = Callable[[Place, Who], object]
RECORD: Final[Mapping[Action, tuple[Do, ...]]] = {
    Action.ANSWER: (
        lambda at, who: at.world.guide.move(at.session, who.user, Answer("no")),
        lambda at, who: at.world.guide.move(at.session, who.user, Emergency()),
        lambda at, who: at.world.guide.resume(at.session, who.user),
        lambda at, who: at.world.guide.read_advice(at.session, who.user),
    ),
    Action.READ_OWN: (
        lambda at, who: at.world.guide.look(at.session, who.user),
        read_decision,
        lambda at, who: at.finding().read_own(who, at.reference),
    ),
    Action.CORRECT_OWN: (
        lambda at, who: at.finding().correct(who, at.reference, "No.", keep=True),
    ),
    Action.FIND_RECORD: (lambda at, who: at.finding().read(who, at.reference),),
    Action.EXPORT_OWN: (export,),
    Action.DISAGREE: (
        lambda at, who: at.world.own.disagree(at.session, who.user, "No."),
    ),
    Action.BE_KNOWN: (
        lambda at, who: at.world.own.show_identity(at.session, who.user),
    ),
    Action.READ_RECORD: (
        lambda at, who: at.world.alerts_of.open_record(who, at.alert),
    ),
}
ALERT: Final[Mapping[Action, tuple[Do, ...]]] = {
    Action.ACKNOWLEDGE: (
        lambda at, who: at.world.alerts_of.acknowledge(who, at.alert),
        lambda at, who: at.world.alerts_of.accept(who, at.alert),
    ),
    Action.CLAIM: (lambda at, who: at.world.alerts_of.claim(who, at.alert),),
    Action.ADVISE: (lambda at, who: at.world.alerts_of.advise(who, at.alert, "Wait."),),
    Action.HAND_OVER: (
        lambda at, who: at.world.alerts_of.hand_over(who, at.alert, IDRIS, "-"),
        lambda at, who: at.world.alerts_of.others(who, at.alert),
    ),
    Action.DECLARE_CONFLICT: (
        lambda at, who: at.world.alerts_of.not_me(who, at.alert),
    ),
    Action.CLOSE: (
        lambda at, who: at.world.alerts_of.close(who, at.alert, "no-action"),
    ),
    Action.SEE_ENTRY: (lambda at, who: at.world.alerts_of.see(who, at.alert),),
}
WHOLE: Final[Mapping[Action, tuple[Do, ...]]] = {
    Action.SEE_ALL_ALERTS: (
        lambda at, who: at.keeping(who).alerts(),
        lambda at, who: at.keeping(who).alert(at.alert),
    ),
    Action.SEE_FIGURES: (
        lambda at, who: at.keeping(who).decisions(),
        lambda at, who: at.keeping(who).practice(None),
    ),
    Action.DRILL: (drill, lambda at, who: at.keeping(who).drilled()),
    Action.PROPOSE_PACK: (
        lambda at, who: at.publishing().propose(DRAFT, who),
        lambda at, who: at.publishing().try_out(DRAFT, who),
        lambda at, who: at.publishing().roll_back("Back", who, signed_in=True),
    ),
    Action.APPROVE_PACK: (
        lambda at, who: at.publishing().approve(PROPOSED, who, signed_in=True),
        lambda at, who: at.publishing().send_back(PROPOSED, "Why", who, signed_in=True),
    ),
    Action.ERASE: (
        lambda at, who: at.keeping(who).erase(at.anchors, at.session, LAWFUL),
    ),
    Action.HOLD: (
        lambda at, who: at.keeping(who).hold(at.session, "Legal", "A claim"),
    ),
    Action.VERIFY: (lambda at, who: at.keeping(who).verify(),),
    Action.ANCHOR: (lambda at, who: at.keeping(who).anchor(at.anchors),),
    Action.CHANGE_KEYS: (
        lambda at, who: at.keeping(who).rotate(at.keys, drop_old=False),
    ),
    Action.RELEASE: (lambda at, who: at.keeping(who).release(),),
}
DO: Final[Mapping[Action, tuple[Do, ...]]] = {**RECORD, **ALERT, **WHOLE}
"""Every way in which a surface can ask for an action."""


@pytest.fixture
def place(store: SqlStore, tmp_path: Path) -> Place:
    """An alert that the lead was told of, a decision, and a version that waits."""
    left = the_directory()
    left = replace(
        changed(left, "oscar-whitlock", left=local_day(World(store).clock.now())),
        teams={
            **left.teams,
            "early-help": replace(
                left.teams["early-help"],
                leads=(*left.teams["early-help"].leads, "oscar-whitlock"),
            ),
        },
    )
    world = World(store, directory=left)
    reference = decide(world.guide, USER, ANSWERS)
    with store.reading() as transaction:
        (decision,) = transaction.decisions()
    session = decision.session
    world.run()
    assert world.told() == [MORGAN]
    keys = tmp_path / "keys" / "store.keys"
    make_keys(keys)
    propose(world)
    anchors = Anchors(tmp_path / "anchors", store.keys)
    return Place(world, session, world.alert(session).id, reference, anchors, keys)


def propose(world: World) -> None:
    """Let one administrator have proposed a version."""
    pack = world.guide.pack
    now = world.clock.now()
    row = ProposalRow(
        pack=pack.id,
        name=PROPOSED,
        guidance=pack.hash,
        against=pack.hash,
        reason="Plainer words",
        author="tobias-adeyemi",
        channel="slack",
        user=world.who("tobias-adeyemi").user,
        at=now,
        from_at=None,
        stamp="",
        changes_safety=False,
        told=(),
    )
    with world.store.begin() as transaction:
        transaction.add_proposal(row)


LEDGER: Final = {"entry", "body", "head", "record_key"}


def everything(address: str, *files: Path) -> object:
    """Return what is kept, in tables and files, without the ledger."""
    shell = make_engine(address)
    with shell.connect() as connection:
        rows = {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in tables.metadata.sorted_tables
            if table.name not in LEDGER
        }
    shell.dispose()
    texts = {
        str(each): each.read_bytes()
        for folder in files
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }
    return rows, texts


def length(place: Place) -> int:
    """Return how many entries the ledger has."""
    with place.world.store.reading() as transaction:
        return transaction.head()[0]


def added_since(place: Place, before: int) -> list[Logged]:
    """Return the entries that were added, in order."""
    with place.world.store.reading() as transaction:
        count = transaction.head()[0] - before
        return list(reversed(transaction.logged(limit=count)))


def refused(place: Place, do: Do, who: Who) -> bool:
    """Say whether somebody hears that they may not, or that there is no such thing."""
    try:
        return do(place, who) is None
    except (Refused, publishing.Refused, NoSuchAlert, NoSuchRecord):
        return True


def test_every_action_can_be_asked_for_here() -> None:
    assert set(DO) == set(MAY) == set(TABLE) == set(Action)


def test_every_action_by_every_wrong_role_changes_nothing_and_is_logged(
    place: Place, address: str, tmp_path: Path
) -> None:
    # One place for all of them, because making it takes longer than any refusal.
    folders = (tmp_path / "anchors", tmp_path / "keys")
    before = everything(address, *folders)
    for action, ways in DO.items():
        wrong = [role for role in ROLES if role not in MAY[action]]
        names = [place.who(role).user for role in wrong for _ in ways]
        expected = [(action.value, name) for name in names]
        entries = length(place)

        heard = [refused(place, do, place.who(role)) for role in wrong for do in ways]

        added = added_since(place, entries)
        said = [each.body or {} for each in added]
        assert heard == [True] * len(expected), action
        assert {each.kind for each in added} == {Audit.ACTION_REFUSED}, action
        assert [(each["action"], each["user"]) for each in said] == expected
        assert all(each["because"] for each in said)
        assert everything(address, *folders) == before, action
