from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.ports import (
    NoSuchSession,
    StaleStep,
    Store,
    StoredFact,
    StoreRefused,
    StoreUnavailable,
    Transaction,
)
from tests.bot.store.rows import (
    A_DECISION,
    A_SESSION,
    GUIDANCE,
    HASH,
    REFERENCE,
    SESSION,
    a_fact,
    stored_facts,
    with_a_session,
)
from tests.support.fakes import START


class BrokenOff(Exception):
    pass


def break_off_after_a_whole_turn(transaction: Transaction) -> None:
    transaction.keep_guidance(GUIDANCE)
    transaction.start_session(A_SESSION)
    transaction.append(SESSION, 0, [a_fact(1)], "recorded")
    transaction.record(A_DECISION)
    raise BrokenOff


def test_sessions_that_a_person_began_lately_are_counted(store: Store) -> None:
    with_a_session(store)
    ago = [timedelta(hours=1), timedelta(hours=23), timedelta(hours=25)]
    with store.begin() as transaction:
        for number, before in enumerate(ago):
            row = replace(A_SESSION, id=f"s-{number}", started_at=START - before)
            transaction.start_session(row)
        transaction.start_session(replace(A_SESSION, id="s-other", user="U2"))

    with store.reading() as transaction:
        found = [
            transaction.begun_since(user, START - timedelta(hours=24))
            for user in ("U1", "U2", "U3")
        ]

    assert found == [3, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👧 worried 😟",
        "هل يمكنني المشاركة؟ \u202eright to left\u202c",
        "e\u0301 and é stay two different spellings",
        "two lines\nand a tab\t",
        "x" * 20_000,
        "half a character \ud83d from a broken client",
    ],
    ids=["emoji", "right-to-left", "accents", "lines", "long", "half"],
)
def test_a_fact_comes_back_letter_by_letter(store: Store, text: str) -> None:
    with_a_session(store)
    fact = a_fact(1, words=text, count=3, sure=True, none=None, more=["a", {"b": []}])

    with store.begin() as transaction:
        transaction.append(SESSION, 0, [fact], "open")

    assert stored_facts(store) == (fact,)


def test_facts_come_back_in_the_order_they_happened(store: Store) -> None:
    with_a_session(store, facts=2)

    with store.begin() as transaction:
        transaction.append(SESSION, 2, [a_fact(3), a_fact(4)], "recorded")
    with store.reading() as transaction:
        session = transaction.session(SESSION)

    assert [fact.n for fact in stored_facts(store)] == [1, 2, 3, 4]
    assert session == replace(A_SESSION, facts=4, state="recorded")


def test_a_time_in_another_zone_is_kept_as_the_same_moment_in_utc(
    store: Store,
) -> None:
    with_a_session(store)
    summer = datetime(2026, 7, 1, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))

    with store.begin() as transaction:
        transaction.append(SESSION, 0, [StoredFact(1, summer, "started", {})], "open")

    (fact,) = stored_facts(store)
    assert fact.at == summer
    assert fact.at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with_a_session(store)
    fact = StoredFact(1, START.replace(tzinfo=None), "started", {})

    with (
        pytest.raises(ValueError, match="without a time zone"),
        store.begin() as transaction,
    ):
        transaction.append(SESSION, 0, [fact], "open")


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_who_has_not_read_all_facts_cannot_append(store: Store, expected: int) -> None:
    with_a_session(store, facts=2)

    with pytest.raises(StaleStep) as caught, store.begin() as transaction:
        transaction.append(SESSION, expected, [a_fact(expected + 1)], "open")

    assert (caught.value.expected, caught.value.found) == (expected, 2)
    assert len(stored_facts(store)) == 2


def test_facts_cannot_be_appended_to_a_session_that_is_not_there(store: Store) -> None:
    with pytest.raises(NoSuchSession, match=SESSION), store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1)], "open")


@pytest.mark.parametrize("numbers", [[], [0], [2], [1, 3], [2, 1], [1, 1]])
def test_facts_are_numbered_without_a_gap(store: Store, numbers: list[int]) -> None:
    with_a_session(store)

    with pytest.raises(ValueError, match="numbered"), store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(n) for n in numbers], "open")

    assert stored_facts(store) == ()


def test_a_session_starts_without_facts(store: Store) -> None:
    with pytest.raises(ValueError, match="0 facts"), store.begin() as transaction:
        transaction.start_session(replace(A_SESSION, facts=1))


def test_an_exception_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(BrokenOff), store.begin() as transaction:
        break_off_after_a_whole_turn(transaction)

    with store.reading() as transaction:
        assert transaction.guidance_known(HASH) is False
        assert transaction.session(SESSION) is None
        assert transaction.facts(SESSION) == ()
        assert transaction.decision(REFERENCE) is None


def test_a_snapshot_for_reading_cannot_be_written_to(store: Store) -> None:
    with (
        pytest.raises(StoreUnavailable, match=r"SQLITE_READONLY|25006"),
        store.reading() as transaction,
    ):
        transaction.keep_guidance(GUIDANCE)


def test_a_snapshot_does_not_change_while_it_is_read(store: Store) -> None:
    with_a_session(store, facts=1)

    with store.reading() as snapshot:
        before = snapshot.facts(SESSION)
        with store.begin() as transaction:
            transaction.append(SESSION, 1, [a_fact(2)], "open")
        after = snapshot.facts(SESSION)

    assert before == after
    assert len(stored_facts(store)) == 2


def test_the_store_can_be_written_to_after_it_was_read(store: Store) -> None:
    with store.reading() as transaction:
        transaction.session(SESSION)

    with_a_session(store, facts=1)

    assert len(stored_facts(store)) == 1


def test_a_pack_version_comes_back_whole(store: Store) -> None:
    with store.begin() as transaction:
        transaction.keep_guidance(GUIDANCE)

    with store.reading() as transaction:
        assert transaction.guidance(HASH) == GUIDANCE
        assert transaction.guidance_known(HASH) is True
        assert transaction.guidance("another") is None


def test_keeping_a_known_pack_version_changes_nothing(store: Store) -> None:
    with store.begin() as transaction:
        transaction.keep_guidance(GUIDANCE)

    with store.begin() as transaction:
        transaction.keep_guidance(replace(GUIDANCE, pack="other", files={}))

    with store.reading() as transaction:
        assert transaction.guidance(HASH) == GUIDANCE


def test_a_session_cannot_be_pinned_to_a_pack_version_that_is_not_kept(
    store: Store,
) -> None:
    with (
        pytest.raises(StoreRefused, match=r"SQLITE_CONSTRAINT_FOREIGNKEY|23503"),
        store.begin() as transaction,
    ):
        transaction.start_session(A_SESSION)


def test_a_person_finds_their_own_newest_sessions_first(store: Store) -> None:
    with store.begin() as transaction:
        transaction.keep_guidance(GUIDANCE)
        for n, user in enumerate(["U1", "U2", "U1", "U1"]):
            transaction.start_session(
                replace(
                    A_SESSION,
                    id=f"s-{n}",
                    user=user,
                    started_at=START + timedelta(microseconds=n),
                )
            )

    with store.reading() as transaction:
        found = transaction.sessions("U1", 2)

    assert [session.id for session in found] == ["s-3", "s-2"]


def test_a_decision_comes_back_as_it_was_recorded(store: Store) -> None:
    with_a_session(store, facts=1)
    departing = replace(A_DECISION, departing=True)

    with store.begin() as transaction:
        transaction.record(departing)

    with store.reading() as transaction:
        assert transaction.decision(REFERENCE) == departing
        assert transaction.decision("R-0000-0000-00") is None


def test_a_decision_needs_the_fact_in_which_it_was_made(store: Store) -> None:
    with_a_session(store, facts=1)

    with pytest.raises(StoreRefused), store.begin() as transaction:
        transaction.record(replace(A_DECISION, n=2))


def test_a_reference_is_given_out_once(store: Store) -> None:
    with_a_session(store, facts=2)
    with store.begin() as transaction:
        transaction.record(A_DECISION)

    with pytest.raises(StoreRefused), store.begin() as transaction:
        transaction.record(replace(A_DECISION, n=2))


def test_decisions_are_listed_newest_first_for_all_or_for_one(store: Store) -> None:
    with_a_session(store, facts=3)
    with store.begin() as transaction:
        for n, user in enumerate(["U1", "U2", "U1"], start=1):
            transaction.record(
                replace(
                    A_DECISION,
                    reference=f"R-{n}",
                    n=n,
                    user=user,
                    at=START + timedelta(hours=n),
                )
            )

    with store.reading() as transaction:
        everything = transaction.decisions()
        of_one = transaction.decisions(user="U1", session=SESSION)
        of_another_session = transaction.decisions(session="s-other")
        newest = transaction.decisions(limit=1)

    assert [row.reference for row in everything] == ["R-3", "R-2", "R-1"]
    assert [row.reference for row in of_one] == ["R-3", "R-1"]
    assert of_another_session == ()
    assert [row.reference for row in newest] == ["R-3"]


def test_a_stamp_changes_with_every_fact_and_never_comes_again(store: Store) -> None:
    with_a_session(store)
    stamps = [stamp_of(store)]

    with store.begin() as transaction:
        stamps.append(transaction.append(SESSION, 0, [a_fact(1)], "open"))
    first = stamp_of(store)
    with pytest.raises(Undone):
        stamps.append(undone(store))
    after_undoing = stamp_of(store)
    with store.begin() as transaction:
        stamps.append(transaction.append(SESSION, 1, [a_fact(2)], "open"))

    assert stamps[0] == ""
    assert first == after_undoing == stamps[1]
    assert stamp_of(store) == stamps[2]
    assert len(set(stamps)) == len(stamps)


class Undone(Exception):
    """What undoes a transaction."""


def undone(store: Store) -> str:
    with store.begin() as transaction:
        transaction.append(SESSION, 1, [a_fact(2)], "open")
        raise Undone


def stamp_of(store: Store) -> str:
    with store.reading() as transaction:
        row = transaction.session(SESSION)
    assert row is not None
    return row.stamp
