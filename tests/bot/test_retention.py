"""What is kept how long, and what nothing erases."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import app
from bot.auditor import findings_of_retention, looking_at_all
from bot.climb import Doing
from bot.delivery import Deliveries
from bot.due import DueAlerts
from bot.guide import Guide
from bot.ports import Audit
from bot.retention import (
    YEAR,
    DailyRetention,
    Fate,
    Keeper,
    Schedule,
    change_hold,
    erase_if_due,
    read_schedule,
)
from bot.store import SqlStore, keys_for, open_store
from bot.store.anchors import Anchors
from bot.store.worker import Worker
from knowledge.problems import PackError
from tests.support.alerting import USER as JO
from tests.support.alerting import World, the_directory
from tests.support.both import BOTH, a_database_of
from tests.support.deciding import NO_PURPOSE, decide
from tests.support.fakes import START, CountingIds, FakeClock
from tests.support.filed import decided
from tests.support.lines import USER, a_guide
from tests.support.packs import ROOT
from tests.support.stores import KEYS, a_database

SCHEDULE = ROOT / "knowledge" / "retention.yaml"
DAY = timedelta(days=1)


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with a_database_of(request.param, request, tmp_path) as address:
        opened = open_store(address, KEYS)
        yield opened
        opened.close()


def a_keeper(schedule: Schedule | None = None) -> Keeper:
    return Keeper(schedule or read_schedule(SCHEDULE), the_directory())


def approved() -> Schedule:
    return replace(read_schedule(SCHEDULE), approved_by="The records committee")


def fates(
    store: SqlStore, now: datetime, keeper: Keeper | None = None
) -> list[tuple[str, Fate]]:
    with store.reading() as transaction:
        found = (keeper or a_keeper()).judged(transaction, now)
        return [(one.reference, one.fate) for one in found]


def test_a_decision_is_kept_for_its_period_and_not_a_day_less(store: SqlStore) -> None:
    reference = decided(store)

    assert fates(store, START + 7 * YEAR - DAY) == [(reference, Fate.KEEP)]
    assert fates(store, START + 7 * YEAR) == [(reference, Fate.ERASE)]


def test_an_outcome_of_harm_is_kept_longer() -> None:
    schedule = read_schedule(SCHEDULE)

    for outcome in ("act-now", "refer-now", "share-public-interest"):
        assert schedule.periods.outcomes[outcome] > schedule.periods.decided


def test_a_session_without_a_decision_is_kept_for_days(store: SqlStore) -> None:
    a_guide(store).start(USER)

    assert fates(store, START + 89 * DAY) == [("", Fate.KEEP)]
    assert fates(store, START + 90 * DAY) == [("", Fate.ERASE)]


def test_a_lawful_hold_wins_until_it_is_ended(store: SqlStore) -> None:
    reference = decided(store)
    with store.begin() as transaction:
        decision = transaction.decision(reference)
        assert decision is not None
        assert change_hold(transaction, decision.session, "Legal", "A claim", START)
    late = START + 30 * YEAR

    assert fates(store, late) == [(reference, Fate.HELD)]

    with store.begin() as transaction:
        assert not change_hold(transaction, decision.session, "Legal", "Ended", START)
    assert fates(store, late) == [(reference, Fate.ERASE)]


def test_a_schedule_with_a_mistake_is_refused_with_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "retention.yaml"
    wrong.write_text(SCHEDULE.read_text("utf-8").replace('"7"', "for ever"), "utf-8")

    with pytest.raises(PackError, match="keep-years"):
        read_schedule(wrong)


@pytest.mark.parametrize("dry", [True, False])
def test_a_dry_run_says_what_a_run_does(
    dry: bool,  # noqa: FBT001 -- a parameter of a test
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = a_database(tmp_path)
    keys = keys_for(address, tmp_path / "store.keys")
    store = open_store(address, keys)
    # Long ago by the machine's own clock, which the command asks.
    reference = decided(store, guide=_long_ago(store))
    store.close()
    monkeypatch.setenv("DATABASE_URL", address)

    app.main(["retention", "run", *(["--dry-run"] if dry else [])])

    said = capsys.readouterr().out
    assert f"erase: {reference}, retention: share-with-consent" in said
    store = open_store(address, keys)
    with store.reading() as transaction:
        assert (transaction.decision(reference) is not None) is dry
        assert bool(transaction.logged(kind=Audit.RECORD_ERASED)) is not dry
    store.close()


def _long_ago(store: SqlStore) -> Guide:
    return a_guide(store, clock=FakeClock(START - 40 * YEAR))


def test_an_organisation_may_keep_longer_or_shorter(
    store: SqlStore, tmp_path: Path
) -> None:
    path = tmp_path / "retention.yaml"
    own = 'organisations:\n  hartsmere-primary:\n    keep-years: "2"\n'
    path.write_text(SCHEDULE.read_text("utf-8") + own, "utf-8")
    world = World(store, at=START)
    early = decide(world.guide, JO, NO_PURPOSE)
    school = decide(world.guide, "T0FICTION:U0LINUS", NO_PURPOSE)

    found = dict(fates(store, START + 3 * YEAR, a_keeper(read_schedule(path))))

    # Its period has ended; that nobody has ended its alert still keeps it.
    assert found == {early: Fate.KEEP, school: Fate.ALERT_OPEN}


# ---- by itself, once a day --------------------------------------------------------


class Process:
    """One process whose loop erases what is due, with the list they all share."""

    def __init__(
        self, store: SqlStore, folder: Path, schedule: Schedule | None = None
    ) -> None:
        self.store = store
        self.scrubbed = 0
        keeper = a_keeper(schedule or approved())
        erasures = Anchors(folder / "anchors", KEYS)
        self.daily = DailyRetention(keeper, erasures, self._scrub)

    def _scrub(self) -> bool:
        self.scrubbed += 1
        return True

    def once(self, now: datetime) -> bool:
        with self.store.begin() as transaction:
            done = self.daily.happens(Doing(transaction, now, CountingIds()))
        self.daily.settled()
        return done

    def all_day(self, now: datetime) -> int:
        done = 0
        while self.once(now):
            done += 1
        return done


def logged(store: SqlStore, kind: Audit) -> list[dict[str, object]]:
    with store.reading() as transaction:
        return [dict(one.body or {}) for one in transaction.logged(kind=kind)]


def several(store: SqlStore, count: int = 3) -> None:
    guide = a_guide(store)
    for _ in range(count):
        guide.start(USER)


def test_what_is_due_is_erased_once_a_day_by_itself(
    store: SqlStore, tmp_path: Path
) -> None:
    several(store)
    process, late = Process(store, tmp_path), START + 91 * DAY

    process.all_day(late)

    assert fates(store, late) == []
    (run,) = logged(store, Audit.RETENTION_RUN)
    assert run == {"day": "2027-02-22", "erased": 3}
    assert process.scrubbed == 3
    assert not process.once(late)
    process.all_day(late + DAY)
    assert len(logged(store, Audit.RETENTION_RUN)) == 2


def missed(store: SqlStore, now: datetime) -> list[str]:
    with store.reading() as transaction:
        return [one.code for one in findings_of_retention(transaction, now)]


def test_a_day_on_which_nothing_was_run_is_noticed_like_a_missing_anchor(
    store: SqlStore, tmp_path: Path
) -> None:
    Process(store, tmp_path).all_day(START)

    assert missed(store, START + timedelta(hours=25)) == []
    assert missed(store, START + timedelta(hours=27)) == ["retention-not-run"]

    Process(store, tmp_path).all_day(START + timedelta(hours=28))

    assert missed(store, START + timedelta(hours=28)) == []


def test_the_first_run_has_a_day_and_a_bit_from_the_first_entry_of_the_ledger(
    store: SqlStore,
) -> None:
    fresh = missed(store, START)
    an_entry(store, START)
    # What comes later, such as a process that starts anew each day, counts nothing.
    an_entry(store, START + timedelta(hours=20))

    assert fresh == []
    assert missed(store, START + timedelta(hours=25)) == []
    assert missed(store, START + timedelta(hours=27)) == ["retention-not-run"]


def an_entry(store: SqlStore, at: datetime) -> None:
    with store.begin() as transaction:
        transaction.log(Audit.RECORD_READ, "s-other", {}, at)


def test_retention_is_looked_at_only_where_it_is_to_be_carried_out(
    store: SqlStore,
) -> None:
    an_entry(store, START)
    found = {}
    for retains in (False, True):
        look = looking_at_all(retains=retains)
        with store.reading() as transaction:
            codes = [one.code for one in look(transaction, START + 2 * DAY)]
        found[retains] = "retention-not-run" in codes

    assert found == {False: False, True: True}


def test_two_processes_erase_each_record_once_and_end_the_day_once(
    store: SqlStore, tmp_path: Path
) -> None:
    several(store, 4)
    one, other = Process(store, tmp_path), Process(store, tmp_path)
    late = START + 91 * DAY

    # Both have looked what is due before either has erased anything.
    for _ in range(6):
        one.once(late)
        other.once(late)

    assert len(logged(store, Audit.RECORD_ERASED)) == 4
    assert len(logged(store, Audit.RETENTION_RUN)) == 1
    with store.reading() as transaction:
        assert transaction.verify(()).trouble is None


def test_a_process_that_dies_leaves_the_rest_to_another(
    store: SqlStore, tmp_path: Path
) -> None:
    several(store)
    late = START + 91 * DAY
    Process(store, tmp_path).once(late)

    Process(store, tmp_path).all_day(late)

    assert len(logged(store, Audit.RECORD_ERASED)) == 3


def test_a_schedule_that_nobody_approved_erases_nothing_by_itself(
    store: SqlStore, tmp_path: Path
) -> None:
    several(store)
    process = Process(store, tmp_path, read_schedule(SCHEDULE))

    assert not process.once(START + 91 * DAY)
    assert len(fates(store, START)) == 3


def test_a_hold_that_begins_after_the_looking_still_wins(
    store: SqlStore, tmp_path: Path
) -> None:
    reference, late = decided(store), START + 8 * YEAR
    erasures = Anchors(tmp_path / "anchors", KEYS)
    with store.begin() as transaction:
        (due,) = a_keeper().due(transaction, late)
        change_hold(transaction, due.session, "Legal", "A claim", late)
        doing = Doing(transaction, late, CountingIds())

        assert erase_if_due(doing, a_keeper(), erasures, due.session) is None

    with store.reading() as transaction:
        assert transaction.decision(reference) is not None


def test_what_is_not_due_is_not_looked_at_to_erase(store: SqlStore) -> None:
    guide = a_guide(store)
    decided(store, guide=guide)
    guide.start(USER)

    with store.reading() as transaction:
        assert list(a_keeper().due(transaction, START + 89 * DAY)) == []
        assert len(list(a_keeper().due(transaction, START + 91 * DAY))) == 1


def test_the_loop_that_sends_erases_and_overwrites_between_its_commits(
    store: SqlStore, tmp_path: Path
) -> None:
    """With the thread that commits for everybody, as in a process that serves."""
    several(store)
    world = World(store, at=START + 91 * DAY)
    keeper, erasures = a_keeper(approved()), Anchors(tmp_path / "anchors", KEYS)
    daily = DailyRetention(keeper, erasures, store.scrub)
    worker = Worker(store)
    due = DueAlerts(world.raiser, world.ids, retention=daily)
    loop = Deliveries(store, {}, world.clock, world.ids, due, worker=worker)

    asyncio.run(loop.step())

    worker.close()
    assert fates(store, world.clock.now()) == []
    assert len(logged(store, Audit.RETENTION_RUN)) == 1
    assert not daily.to_scrub
