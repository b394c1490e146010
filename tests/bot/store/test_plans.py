"""What is asked all day looks things up, however much is stored.

SQLite says how it will go about a question. PostgreSQL chooses anew for each number of
rows, and would walk through the few of a test in any case.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.auditor import findings
from bot.store import SqlStore
from bot.store.repository import SqlTransaction
from tests.bot.store.rows import SESSION, with_a_session
from tests.bot.store.test_alerts import AN_ALERT
from tests.bot.store.test_alerts import keep as keep_alerts
from tests.bot.store.test_deliveries import keep, promised
from tests.support.fakes import START
from tests.support.lines import a_store

LATER = START + timedelta(hours=1)
GROWS = {"session", "fact", "decision", "record_key", "entry", "body"}
"""Tables with rows of everything that was ever decided."""
ALL_DAY: dict[str, Callable[[SqlTransaction], object]] = {
    "what is due to be sent": lambda it: it.claim(["slack"], LATER, LATER, "lease"),
    "which alert is due": lambda it: it.due_alert(LATER),
    "which alerts are open": lambda it: it.alerts(states=("open",)),
    "what the auditor looks for": lambda it: findings(it, LATER),
    "where a session stands": lambda it: it.session(SESSION),
    "what was answered": lambda it: it.facts(SESSION),
    "how many somebody began today": lambda it: it.begun_since("U1", START),
    "somebody's sessions": lambda it: it.sessions("U1", 50),
    "the end of the ledger": lambda it: it.head(),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_store(tmp_path)
    with_a_session(opened, facts=1)
    keep_alerts(opened, replace(AN_ALERT, state="acknowledged"))
    keep(opened, promised("d-1"))
    yield opened
    opened.close()


@pytest.mark.parametrize("what", ALL_DAY)
def test_nothing_that_is_asked_all_day_walks_through_all_that_is_stored(
    what: str, store: SqlStore
) -> None:
    asked: list[str] = []
    with store.begin() as transaction:
        raw = transaction._connection.connection.driver_connection  # noqa: SLF001 -- what it asks
        assert raw is not None
        raw.set_trace_callback(asked.append)
        ALL_DAY[what](transaction)
        raw.set_trace_callback(None)

        plans = [
            step[3]
            for question in asked
            if question.startswith(("SELECT", "UPDATE"))
            for step in raw.execute(f"EXPLAIN QUERY PLAN {question}")
        ]

    assert plans
    assert [one for one in plans if one.split()[:2] in walks()] == []


def walks() -> list[list[str]]:
    return [["SCAN", table] for table in GROWS]
