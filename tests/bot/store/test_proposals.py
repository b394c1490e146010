"""Proposals of pack versions and what was said of them, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from bot.ports import ProposalRow, Proposed, Ruled, RulingRow, StoreRefused
from bot.store import SqlStore
from bot.store.engine import is_sqlite, make_engine
from tests.bot.store.rows import GUIDANCE
from tests.support.fakes import START

PROPOSAL = ProposalRow(
    pack=GUIDANCE.pack,
    name="2026-11-23.1",
    guidance=GUIDANCE.hash,
    against="0" * 64,
    reason="Plainer words",
    author="ana",
    channel="slack",
    user="T1:U1",
    at=START,
    from_at=None,
    stamp="1" * 64,
    changes_safety=True,
    told=("One line", "Another"),
)
RULING = RulingRow(
    pack=GUIDANCE.pack,
    n=1,
    name=PROPOSAL.name,
    ruled=Ruled.APPROVED,
    at=START,
    in_force_at=START,
    person="ben",
    channel="slack",
    user="T1:U2",
    why="",
    reviewed=True,
)


def propose(store: SqlStore) -> None:
    with store.begin() as transaction:
        transaction.keep_guidance(GUIDANCE)
        transaction.add_proposal(PROPOSAL)


def test_a_proposal_waits_and_is_read_back_whole(store: SqlStore) -> None:
    propose(store)

    with store.reading() as transaction:
        assert transaction.proposals(GUIDANCE.pack, 9) == (Proposed(PROPOSAL, None),)
        assert transaction.last_ruling(GUIDANCE.pack) == 0


def test_what_was_said_of_it_is_read_with_it(store: SqlStore) -> None:
    propose(store)
    with store.begin() as transaction:
        transaction.add_ruling(RULING)

    with store.reading() as transaction:
        assert transaction.proposals(GUIDANCE.pack, 9) == (Proposed(PROPOSAL, RULING),)
        assert transaction.last_ruling(GUIDANCE.pack) == 1
        assert transaction.proposals("another-pack", 9) == ()


def test_of_a_proposal_something_is_said_once(store: SqlStore) -> None:
    propose(store)
    with store.begin() as transaction:
        transaction.add_ruling(RULING)

    with pytest.raises(StoreRefused), store.begin() as transaction:
        transaction.add_ruling(replace(RULING, n=2))


def test_a_name_is_given_once(store: SqlStore) -> None:
    propose(store)

    with pytest.raises(StoreRefused), store.begin() as transaction:
        transaction.add_proposal(replace(PROPOSAL, reason="Another"))


@pytest.mark.parametrize("table", ["proposal", "ruling"])
@pytest.mark.parametrize("change", ["UPDATE {} SET pack = pack", "DELETE FROM {}"])
def test_a_database_shell_cannot_change_what_came_into_force(
    store: SqlStore, address: str, table: str, change: str
) -> None:
    propose(store)
    with store.begin() as transaction:
        transaction.add_ruling(RULING)
    shell = make_engine(address)

    with (
        pytest.raises(IntegrityError, match="is append-only"),
        shell.begin() as connection,
    ):
        connection.exec_driver_sql(change.format(table))
    shell.dispose()
    assert is_sqlite(shell.url) == address.startswith("sqlite")
