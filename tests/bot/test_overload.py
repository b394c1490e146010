"""What is too much, counted in a process; what must pass is shown in each channel."""

from datetime import timedelta

import pytest

from bot.overload import PEOPLE, TOLD_AGAIN, Busy, Limits, Overload
from tests.support.fakes import FakeClock

ANA, BEN, OURS, THEIRS = "T1:ANA", "T1:BEN", "T1", "T2"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def limited(clock: FakeClock, **limits: int) -> Overload:
    usual = {"turns": 3, "organisation_turns": 100, "sessions": 1, "in_flight": 5}
    return Overload(Limits(**{**usual, **limits}), clock)


def turns(overload: Overload, count: int, person: str = ANA) -> list[Busy | None]:
    return [overload.busy(person, OURS) for _ in range(count)]


def test_one_person_may_do_so_much_in_a_minute(clock: FakeClock) -> None:
    overload = limited(clock)

    assert turns(overload, 4) == [None, None, None, Busy.PERSON]
    # Nobody else pays for it.
    assert turns(overload, 1, BEN) == [None]


def test_a_minute_later_they_may_go_on(clock: FakeClock) -> None:
    overload = limited(clock)
    turns(overload, 9)

    clock.move(timedelta(seconds=20))
    assert turns(overload, 2) == [None, Busy.PERSON]

    clock.move(timedelta(hours=9))
    assert turns(overload, 4) == [None, None, None, Busy.PERSON]


def test_a_clock_that_is_set_back_gives_and_takes_nothing(clock: FakeClock) -> None:
    overload = limited(clock)
    turns(overload, 2)

    clock.move(timedelta(hours=-9))

    assert turns(overload, 2) == [None, Busy.PERSON]
    clock.move(timedelta(seconds=20))
    assert turns(overload, 1) == [None]


def test_an_organisation_does_not_crowd_out_another(clock: FakeClock) -> None:
    overload = limited(clock, turns=10, organisation_turns=3)

    busy = [overload.busy(f"T1:U{number}", OURS) for number in range(4)]

    assert busy == [None, None, None, Busy.ORGANISATION]
    assert overload.busy("T2:U1", THEIRS) is None


def test_one_persons_script_takes_nothing_from_the_rest(clock: FakeClock) -> None:
    overload = limited(clock, turns=3, organisation_turns=5)
    turns(overload, 99)

    assert turns(overload, 2, BEN) == [None, None]


def test_one_process_works_at_so_many_requests_at_a_time(clock: FakeClock) -> None:
    overload = limited(clock, in_flight=1)

    with overload.working():
        assert turns(overload, 1) == [Busy.EVERYBODY]
    assert turns(overload, 1) == [None]


def test_a_request_that_fails_is_worked_at_no_longer(clock: FakeClock) -> None:
    overload = limited(clock, in_flight=1)

    with pytest.raises(ValueError, match="failed"), overload.working():
        raise ValueError("failed")

    assert turns(overload, 1) == [None]


def test_somebody_who_goes_on_is_told_again_later(clock: FakeClock) -> None:
    overload = limited(clock)

    assert [overload.tells(ANA), overload.tells(ANA)] == [True, False]
    assert overload.tells(BEN)
    clock.move(timedelta(seconds=TOLD_AGAIN))
    assert overload.tells(ANA)
    clock.move(timedelta(days=-1))
    assert overload.tells(ANA)


def test_what_is_remembered_does_not_grow_for_ever(clock: FakeClock) -> None:
    overload = limited(clock, organisation_turns=10**9)

    for number in range(PEOPLE + 50):
        overload.busy(f"T1:U{number}", OURS)
        overload.tells(f"T1:U{number}")

    assert len(overload._buckets) == PEOPLE  # noqa: SLF001 -- nothing else shows it
    assert len(overload._told) == PEOPLE  # noqa: SLF001 -- as above
