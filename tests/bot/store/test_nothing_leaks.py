"""A database's message quotes the row it refused; none of that may get out."""

from collections.abc import Callable
from dataclasses import replace
from traceback import format_exception

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.ports import Store, StoredFact, StoreError, Transaction
from bot.store.engine import make_engine
from tests.bot.store.rows import (
    A_DECISION,
    A_SESSION,
    GUIDANCE,
    SESSION,
    with_a_session,
)
from tests.support.fakes import START

SECRET = "planted-7c1e"  # noqa: S105 -- a mark to look for, not a password


def an_unknown_state(transaction: Transaction) -> None:
    transaction.start_session(replace(A_SESSION, id=SECRET, user=SECRET, state=SECRET))


def an_unknown_pack_version(transaction: Transaction) -> None:
    transaction.start_session(
        replace(A_SESSION, id=SECRET, user=SECRET, guidance=SECRET)
    )


def a_missing_kind(transaction: Transaction) -> None:
    kind: str = None  # type: ignore[assignment]  # a mistake the database must catch
    fact = StoredFact(2, START, kind, {"words": SECRET})
    transaction.append(SESSION, 1, [fact], "open")


def a_decision_without_its_fact(transaction: Transaction) -> None:
    transaction.record(replace(A_DECISION, n=99, body={"words": SECRET}))


def a_session_that_is_there_already(transaction: Transaction) -> None:
    transaction.start_session(replace(A_SESSION, user=SECRET))


def half_a_character(transaction: Transaction) -> None:
    transaction.start_session(replace(A_SESSION, id="s-3", user=f"{SECRET}\ud83d"))


def a_value_of_the_wrong_kind(transaction: Transaction) -> None:
    user: str = {SECRET: 1}  # type: ignore[assignment]  # a mistake, as above
    transaction.start_session(replace(A_SESSION, id="s-3", user=user))


@pytest.mark.parametrize(
    "mistake",
    [
        an_unknown_state,
        an_unknown_pack_version,
        a_missing_kind,
        a_decision_without_its_fact,
        a_session_that_is_there_already,
        half_a_character,
        a_value_of_the_wrong_kind,
    ],
)
def test_a_refused_row_is_not_quoted(
    store: Store, mistake: Callable[[Transaction], None]
) -> None:
    with_a_session(store, facts=1)

    with pytest.raises(StoreError) as caught, store.begin() as transaction:
        mistake(transaction)

    said = "".join(format_exception(caught.value)) + repr(vars(caught.value))
    assert SECRET not in said
    assert SECRET not in repr(caught.value.args)


def test_a_refusal_does_not_lead_back_to_the_drivers_error(store: Store) -> None:
    with_a_session(store)

    with pytest.raises(StoreError) as caught, store.begin() as transaction:
        an_unknown_state(transaction)

    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_even_the_drivers_error_hides_the_values_it_was_given(address: str) -> None:
    engine = make_engine(address)

    with (
        engine.connect() as connection,
        pytest.raises((OperationalError, ProgrammingError)) as caught,
    ):
        connection.execute(text("SELECT :words FROM nowhere"), {"words": SECRET})
    engine.dispose()

    assert SECRET not in str(caught.value)


def keep_guidance_and_then_fail(transaction: Transaction) -> None:
    transaction.keep_guidance(replace(GUIDANCE, hash="another"))
    an_unknown_state(transaction)


def test_a_refused_row_undoes_the_whole_transaction(store: Store) -> None:
    with_a_session(store)

    with pytest.raises(StoreError), store.begin() as transaction:
        keep_guidance_and_then_fail(transaction)

    with store.reading() as transaction:
        assert not transaction.guidance_known("another")
