"""One PostgreSQL, processes that answer and processes that send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import main
from bot.store import keys_for, open_store, read_keys
from tests.support.served import Region, a_region, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Postgres

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-test",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "SLACK_TEAMS": "T0FICTION",
}


@pytest.fixture
def region(
    tmp_path: Path, postgres: Postgres, migrated_template: str
) -> Iterator[Region]:
    with (
        postgres.database(migrated_template) as address,
        a_region(tmp_path, address) as made,
    ):
        # All processes have the same keys; each would otherwise make its own.
        keys_for(address, tmp_path / "region.keys")
        yield made


# Three processes have to start, which no shorter test could show to work together.
@pytest.mark.slow
def test_two_that_answer_and_one_that_sends_are_one_bot(region: Region) -> None:
    first, second, worker = region.start("web", "web", "worker")
    ana, slack = region.person(), region.slack

    ana.type("start")
    until(lambda: len(ana.messages) == 1, "the first question")
    for words, picked in (("No, nobody", ()), ("Continue", ["none"])):
        before = ana.shown
        ana.press(words, picked)
        until(lambda shown=before: ana.shown != shown, "the next question")  # type: ignore[misc]  # bound now

    assert ana.status == 200
    assert len(ana.messages) == 1, "nothing is shown twice"
    # What a process of one role does not do, it does not offer.
    assert worker.get("/healthz")[0] == 200
    assert region.post_to(worker, b"{}") == 404
    # Without what sends, whoever answers goes on answering.
    calls = len(slack.calls)
    assert worker.stop() == 0
    ana.type("start")
    assert ana.status == 200
    assert len(slack.calls) == calls
    assert [one.get("/readyz")[0] for one in (first, second)] == [200, 200]
    # The one that takes its place sends what was promised meanwhile, once.
    (third,) = region.start("worker")
    until(lambda: len(ana.messages) == 2, "what was promised meanwhile")
    assert [one.stop() for one in (first, second, third)] == [0, 0, 0]
    store = open_store(region.database, read_keys(region.folder / "region.keys"))
    with store.reading() as transaction:
        assert transaction.verify().trouble is None
        assert transaction.deliveries(state="due") == ()
        assert len(transaction.sessions(ana.name, 10)) == 2
    store.close()


@pytest.mark.parametrize("role", ["web", "worker"])
def test_on_sqlite_one_process_does_both(
    role: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'one.db'}")
    for name, value in SLACK.items():
        monkeypatch.setenv(name, value)

    assert main(["serve", "--role", role]) == 2
    assert "leave --role out" in capsys.readouterr().err
    assert not (tmp_path / "one.db").exists()
