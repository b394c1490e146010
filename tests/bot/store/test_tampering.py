"""Whatever somebody who owns the database does to the ledger is caught and named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.ports import Audit
from bot.store import Keys, SqlStore
from bot.store.anchors import Anchors
from bot.store.chain import GENESIS, Entry, chained, hash_of_text
from bot.store.checking import PAGE, Trouble
from bot.store.ledger import place_of_entry
from bot.store.seal import Keyring
from bot.store.upkeep import anchor
from tests.bot.store.rows import A_DECISION, SESSION, a_fact, with_a_session
from tests.bot.store.tampering import a_shell_without_fences
from tests.support.fakes import START
from tests.support.stores import KEYS

DECISION = 3
"""Which of the five entries vouches for the decision."""


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "anchors", KEYS)


@pytest.fixture
def ledger(store: SqlStore, anchors: Anchors) -> SqlStore:
    """A ledger of five entries about two records, anchored at its end."""
    with_a_session(store, facts=2)
    with store.begin() as transaction:
        transaction.log(Audit.RECORD_READ, "s-other", {"by": "U1"}, START)
        transaction.log(Audit.RECORD_READ, SESSION, {"by": "U2"}, START)
        transaction.append(SESSION, 2, [a_fact(3)], "recorded")
        transaction.record(replace(A_DECISION, n=3))
        transaction.log(Audit.ACTION_REFUSED, SESSION, {"by": "U3"}, START)
        transaction.log(Audit.RECORD_READ, "s-other", {"by": "U4"}, START)
    anchor(store, anchors, START)
    return store


def found(store: SqlStore, anchors: Anchors | None = None) -> Trouble | None:
    with store.reading() as transaction:
        return transaction.verify(anchors.heads() if anchors else ()).trouble


def caught(store: SqlStore, anchors: Anchors | None = None) -> tuple[int, str]:
    trouble = found(store, anchors)
    assert trouble is not None
    return trouble.seq, trouble.what


def test_a_ledger_nobody_touched_is_right(ledger: SqlStore, anchors: Anchors) -> None:
    with ledger.reading() as transaction:
        verdict = transaction.verify(anchors.heads())

    assert verdict.trouble is None
    assert (verdict.entries, verdict.erased, verdict.anchors) == (5, 0, 1)


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-01-01T00:00:00.000000Z'",
        "kind = 'session:other:done'",
        "record = 's-other'",
        "facts = 1",
        "covers = ''",
        "body_hash = '0'",
        "key_hash = '0'",
        "hash = '0'",
    ],
)
def test_an_entry_that_was_edited_is_named(
    ledger: SqlStore, address: str, change: str
) -> None:
    with a_shell_without_fences(address) as shell:
        shell.exec_driver_sql(f"UPDATE entry SET {change} WHERE seq = {DECISION}")  # noqa: S608 -- words of ours

    assert caught(ledger) == (
        DECISION,
        "entry 3 does not follow from the one before it",
    )


def an_edited_body(shell: Connection) -> None:
    shell.exec_driver_sql(
        "UPDATE body SET sealed = replace(sealed, '1.', '1.A') WHERE seq = 2"
    )


def a_deleted_body(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM body WHERE seq = 2")


def swapped_bodies(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE body SET seq = -2 WHERE seq = 2")
    shell.exec_driver_sql("UPDATE body SET seq = 2 WHERE seq = 4")
    shell.exec_driver_sql("UPDATE body SET seq = 4 WHERE seq = -2")


def a_deleted_entry(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM body WHERE seq = 2")
    shell.exec_driver_sql("DELETE FROM entry WHERE seq = 2")


def entries_in_another_order(shell: Connection) -> None:
    for table in ("entry", "body"):
        for before, after in ((2, -2), (4, 2), (-2, 4)):
            shell.exec_driver_sql(
                f"UPDATE {table} SET seq = {after} WHERE seq = {before}"  # noqa: S608 -- numbers of ours
            )


def a_key_of_nobody(shell: Connection) -> None:
    other = Keyring(Keys.new()).new()
    shell.exec_driver_sql(f"UPDATE record_key SET wrapped = '{other}'")  # noqa: S608 -- a key of ours


def another_key(shell: Connection) -> None:
    other = Keyring(KEYS).new()
    shell.exec_driver_sql(f"UPDATE record_key SET wrapped = '{other}'")  # noqa: S608 -- a key of ours


def no_key(shell: Connection) -> None:
    shell.exec_driver_sql(f"DELETE FROM record_key WHERE record = '{SESSION}'")  # noqa: S608 -- an id of ours


def a_cut_end(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM body WHERE seq > 3")
    shell.exec_driver_sql("DELETE FROM entry WHERE seq > 3")


def a_longer_end(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE head SET seq = 4")


def another_head(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE head SET hash = '0'")


def an_edited_fact(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE fact SET kind = 'other' WHERE n = 1")


def a_deleted_fact(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM fact WHERE n = 1")


def an_edited_decision(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE decision SET alert = 'urgent'")


def a_deleted_decision(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM decision")


def an_invented_decision(shell: Connection) -> None:
    shell.exec_driver_sql(
        'INSERT INTO decision (reference, session, n, at, "user", outcome, level,'
        " alert, decision, departing, guidance, body) SELECT 'R-9', session, 2, at,"
        ' "user", outcome, level, alert, decision, departing, guidance, body'
        " FROM decision"
    )


def a_blanked_fact(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE fact SET body = '' WHERE session = 's-open'")


def a_lost_fact(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM fact WHERE session = 's-open'")


def a_lost_key(shell: Connection) -> None:
    shell.exec_driver_sql("DELETE FROM record_key WHERE record = 's-open'")


def a_hidden_session(shell: Connection) -> None:
    shell.exec_driver_sql("UPDATE session SET state = 'erased' WHERE id = 's-open'")


COVERED = "the facts or the decision behind entry 3 were changed"


@pytest.mark.parametrize(
    ("change", "seq", "what"),
    [
        (an_edited_body, 2, "what entry 2 says was changed"),
        (a_deleted_body, 2, "what entry 2 says is gone, and no erasure is logged"),
        (swapped_bodies, 2, "what entry 2 says was changed"),
        (a_deleted_entry, 2, "entry 2 is missing"),
        (entries_in_another_order, 2, "entry 2 does not follow from the one before it"),
        (a_key_of_nobody, 1, "the key of entry 1 was sealed under an unknown one"),
        (another_key, 1, "the key of entry 1 is another one"),
        (no_key, 2, "the key of entry 2 is gone"),
        (a_cut_end, 4, "entries 4 to 5 are missing at the end"),
        (a_longer_end, 5, "the ledger goes on behind its head"),
        (another_head, 5, "the head is not the hash of the last entry"),
        (an_edited_fact, 3, COVERED),
        (a_deleted_fact, 3, COVERED),
        (an_edited_decision, 3, COVERED),
        (a_deleted_decision, 3, COVERED),
        (an_invented_decision, 0, "no entry vouches for decision R-9"),
    ],
)
def test_tampering_is_caught_and_named(
    ledger: SqlStore,
    address: str,
    change: Callable[[Connection], None],
    seq: int,
    what: str,
) -> None:
    with a_shell_without_fences(address) as shell:
        change(shell)

    assert caught(ledger) == (seq, what)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            a_blanked_fact,
            "what was sealed in session s-open is gone, and no erasure is logged",
        ),
        (a_lost_fact, "session s-open does not have the facts it counts"),
        (a_lost_key, "the key of session s-open is gone"),
        (
            a_hidden_session,
            "session s-open is called erased, and no erasure is logged",
        ),
    ],
)
def test_what_is_done_to_a_session_without_a_decision_is_named(
    ledger: SqlStore, address: str, change: Callable[[Connection], None], what: str
) -> None:
    with ledger.begin() as transaction:
        row = transaction.session(SESSION)
        assert row is not None
        transaction.start_session(replace(row, id="s-open", facts=0, state="open"))
        transaction.append("s-open", 0, [a_fact(1)], "open")
    with a_shell_without_fences(address) as shell:
        change(shell)

    assert caught(ledger) == (0, what)


def cut_off_with_the_head(shell: Connection) -> None:
    a_cut_end(shell)
    shell.exec_driver_sql(
        "UPDATE head SET seq = 3, hash = (SELECT hash FROM entry WHERE seq = 3)"
    )


def written_anew(shell: Connection) -> None:
    """Write the whole chain anew without its second entry, as one with keys could."""
    keyring = Keyring(KEYS)
    rows = shell.exec_driver_sql(
        "SELECT e.at, e.kind, e.record, e.facts, e.covers, b.sealed, k.wrapped, e.seq"
        " FROM entry e JOIN body b ON b.seq = e.seq"
        " JOIN record_key k ON k.record = b.record ORDER BY e.seq"
    ).all()
    shell.exec_driver_sql("DELETE FROM body")
    shell.exec_driver_sql("DELETE FROM entry")
    previous, seq = GENESIS, 0
    for at, kind, record, facts, covers, sealed, wrapped, before in rows:
        if before == 2:
            continue
        seq += 1
        key = keyring.opened(wrapped)
        body = key.unseal(record, place_of_entry(before, kind), sealed)
        anew = key.seal(record, place_of_entry(seq, kind), body)
        entry = Entry(
            *(seq, at, kind, record, facts, covers),
            *(hash_of_text(anew), key.commitment),
        )
        previous = chained(previous, entry)
        shell.exec_driver_sql(
            f"INSERT INTO entry VALUES ({seq}, '{at}', '{kind}', '{record}', {facts},"  # noqa: S608 -- rows of ours
            f" '{covers}', '{entry.body_hash}', '{entry.key_hash}', '{previous}')"
        )
        shell.exec_driver_sql(f"INSERT INTO body VALUES ({seq}, '{record}', '{anew}')")  # noqa: S608 -- as above
    shell.exec_driver_sql(f"UPDATE head SET seq = {seq}, hash = '{previous}'")  # noqa: S608 -- as above


@pytest.mark.parametrize("change", [cut_off_with_the_head, written_anew])
def test_whoever_has_the_keys_too_is_caught_by_an_anchor_alone(
    ledger: SqlStore,
    anchors: Anchors,
    address: str,
    change: Callable[[Connection], None],
) -> None:
    with a_shell_without_fences(address) as shell:
        change(shell)

    seq = 4 if change is cut_off_with_the_head else 5
    assert found(ledger) is None
    assert caught(ledger, anchors) == (
        seq,
        f"entries {seq} to 5 are missing at the end",
    )


def test_a_chain_written_anew_and_added_to_is_not_the_one_that_was_anchored(
    ledger: SqlStore, anchors: Anchors, address: str
) -> None:
    with a_shell_without_fences(address) as shell:
        written_anew(shell)
    with ledger.begin() as transaction:
        transaction.log(Audit.RECORD_READ, "s-other", {}, START)

    seq, what = caught(ledger, anchors)
    assert seq == 5
    assert what.startswith("entry 5 is not the one that was anchored in line 1")


def test_an_entry_added_without_the_keys_does_not_open(
    ledger: SqlStore, address: str
) -> None:
    with a_shell_without_fences(address) as shell:
        last = shell.exec_driver_sql("SELECT hash FROM head").scalar_one()
        sealed = shell.exec_driver_sql("SELECT sealed FROM body WHERE seq = 5")
        text = sealed.scalar_one()
        key = shell.exec_driver_sql("SELECT key_hash FROM entry WHERE seq = 5")
        at, kind, record = (
            "2026-11-23T09:00:00.000000Z",
            "person:record:read",
            "s-other",
        )
        entry = Entry(6, at, kind, record, 0, "", hash_of_text(text), key.scalar_one())
        forged = chained(last, entry)
        shell.exec_driver_sql(
            f"INSERT INTO entry VALUES (6, '{at}', '{kind}', '{record}', 0, '',"  # noqa: S608 -- rows of ours
            f" '{entry.body_hash}', '{entry.key_hash}', '{forged}')"
        )
        shell.exec_driver_sql(f"INSERT INTO body VALUES (6, '{record}', '{text}')")  # noqa: S608 -- as above
        shell.exec_driver_sql(f"UPDATE head SET seq = 6, hash = '{forged}'")  # noqa: S608 -- as above

    assert caught(ledger) == (6, "what entry 6 says was written for another place")


@pytest.mark.parametrize(
    "forge",
    [
        lambda line: line.replace('"seq":5', '"seq":4'),
        lambda _: Keys.new().signed("head", {"seq": 5, "hash": "0"}),
        lambda _: KEYS.signed("erased", {"seq": 5, "hash": "0"}),
        lambda _: "not a line of ours",
    ],
    ids=["changed", "signed by others", "another kind", "no line"],
)
def test_a_forged_anchor_is_named(
    ledger: SqlStore, anchors: Anchors, tmp_path: Path, forge: Callable[[str], str]
) -> None:
    file = tmp_path / "anchors" / "anchors.jsonl"
    line = file.read_text().strip()
    file.write_text(f"{line}\n{forge(line)}\n")

    assert caught(ledger, anchors) == (0, "the anchor in line 2 is not signed by us")


def test_a_ledger_of_more_than_a_page_is_walked_to_its_end(
    ledger: SqlStore, address: str
) -> None:
    with ledger.begin() as transaction:
        for _ in range(PAGE):
            transaction.log(Audit.RECORD_READ, "s-other", {}, START)
    whole = found(ledger)
    with a_shell_without_fences(address) as shell:
        shell.exec_driver_sql(f"UPDATE entry SET kind = 'x' WHERE seq = {PAGE + 3}")  # noqa: S608 -- a number of ours

    assert whole is None
    assert caught(ledger)[0] == PAGE + 3
