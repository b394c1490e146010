from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.text import (
    body_as_text,
    body_from_text,
    time_as_text,
    time_from_text,
)
from tests.support.fakes import START

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)
bodies = st.dictionaries(st.text(), json_values, max_size=4)
# Within these years every zone can be converted to UTC.
moments = st.datetimes(
    min_value=START.replace(year=1900, tzinfo=None),
    max_value=START.replace(year=2900, tzinfo=None),
    timezones=st.timezones(),
)


@given(bodies)
def test_a_body_survives_being_written(body: dict[str, object]) -> None:
    assert body_from_text(body_as_text(body)) == body


@given(bodies)
def test_equal_bodies_are_equal_text(body: dict[str, object]) -> None:
    other_order = dict(reversed(body.items()))

    assert body_as_text(other_order) == body_as_text(body)


@given(bodies)
def test_a_stored_body_holds_no_control_character(body: dict[str, object]) -> None:
    text = body_as_text(body)

    assert text.isascii()
    assert text.isprintable()


def test_a_number_that_no_database_agrees_on_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        body_as_text({"n": float("nan")})


def test_times_are_written_so_that_a_person_can_read_them() -> None:
    assert time_as_text(START) == "2026-11-23T09:00:00.000000Z"


@given(moments)
def test_a_moment_survives_being_written(moment: datetime) -> None:
    assert time_from_text(time_as_text(moment)) == moment.astimezone(UTC)


@given(moments, moments)
def test_times_sort_as_text(one: datetime, other: datetime) -> None:
    sorted_by_time = one.astimezone(UTC) < other.astimezone(UTC)

    assert sorted_by_time == (time_as_text(one) < time_as_text(other))
