from datetime import UTC, timedelta
from math import log2
from re import fullmatch

from bot.ports import Clock, Ids
from bot.system import (
    ALPHABET,
    REFERENCE_SIGNS,
    SESSION_SIGNS,
    SystemClock,
    SystemIds,
)
from tests.support.fakes import START, CountingIds, FakeClock


def test_the_clock_tells_utc() -> None:
    clock: Clock = SystemClock()

    assert clock.now().tzinfo is UTC


def test_ids_hold_no_vowel_and_nothing_that_looks_like_another_sign() -> None:
    assert not set(ALPHABET) & set("AEIOUL01")
    assert len(set(ALPHABET)) == len(ALPHABET) == 28


def test_ids_have_the_shape_people_are_told_to_type() -> None:
    ids: Ids = SystemIds()

    assert fullmatch(r"s-[2-9b-z]{13}", ids.session())
    assert fullmatch(r"R-[2-9B-Z]{4}-[2-9B-Z]{4}-[2-9B-Z]{2}", ids.reference())


def test_ids_are_too_many_to_guess() -> None:
    assert log2(len(ALPHABET)) * SESSION_SIGNS >= 60
    assert log2(len(ALPHABET)) * REFERENCE_SIGNS >= 45


def test_ids_do_not_repeat() -> None:
    ids = SystemIds()

    drawn = {ids.session() for _ in range(1000)} | {
        ids.reference() for _ in range(1000)
    }

    assert len(drawn) == 2000


def test_the_fake_clock_moves_only_by_hand() -> None:
    clock = FakeClock()
    as_port: Clock = clock

    clock.move(timedelta(minutes=5))

    assert as_port.now() == as_port.now() == START + timedelta(minutes=5)


def test_counted_ids_have_the_length_of_the_real_ones() -> None:
    counted: Ids = CountingIds()
    real = SystemIds()

    assert len(counted.session()) == len(real.session())
    assert len(counted.reference()) == len(real.reference())


def test_every_sign_of_an_id_is_drawn() -> None:
    ids = SystemIds()
    for make in (ids.session, ids.delivery, ids.reference, ids.alert):
        signs = zip(*(make()[2:] for _ in range(300)), strict=True)
        assert all(len(set(place)) > 1 or place[0] == "-" for place in signs)
