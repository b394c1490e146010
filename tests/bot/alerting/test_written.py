"""What leads write, and why somebody disagrees, is looked at before it is kept."""

from typing import Protocol

import pytest

from bot.alerts import NoSuchAlert, Refused
from bot.climb import Happened
from bot.ports import Audit
from bot.privacy.details import Detail, HoldsDetails
from tests.bot.alerting.test_climbing import ADVICE, HARM
from tests.bot.alerting.test_leads import told
from tests.support.alerting import MORGAN, TAMSIN, USER, World

NAMED = "It was Amelia Thornbury, born 3/4/2015."
PLAIN = "It was the eldest."


class Write(Protocol):
    """One way of writing something about an alert."""

    def __call__(
        self, world: World, alert: str, words: str, *, keep: bool = False
    ) -> object: ...


def advise(world: World, alert: str, words: str, *, keep: bool = False) -> object:
    return world.alerts_of.advise(world.who(MORGAN), alert, words, keep=keep)


def hand_over(world: World, alert: str, words: str, *, keep: bool = False) -> object:
    who = world.who(MORGAN)
    return world.alerts_of.hand_over(who, alert, TAMSIN, words, keep=keep)


def close(world: World, alert: str, words: str, *, keep: bool = False) -> object:
    who = world.who(MORGAN)
    return world.alerts_of.close(who, alert, "advised", words, keep=keep)


def disagree(world: World, alert: str, words: str, *, keep: bool = False) -> object:
    (row,) = [one for one in world.alerts() if one.id == alert]
    return world.own.disagree(row.session, USER, words, keep=keep)


WRITES: dict[str, tuple[Write, Happened]] = {
    "advice": (advise, Happened.ADVISED),
    "handover": (hand_over, Happened.OFFERED),
    "closing": (close, Happened.CLOSED),
    "disagreement": (disagree, Happened.DISAGREED),
}
EVERYTHING = pytest.mark.parametrize("written", WRITES)


def an_alert(world: World, *answers: object) -> str:
    """Return an alert on which a lead has advised, so that all of it can be written."""
    _, alert = told(world, *answers)
    world.alerts_of.advise(world.who(MORGAN), alert, "Ring the nursery first.")
    return alert


def warned(world: World, alert: str) -> list[tuple[object, object, object]]:
    """Return what was found, of what, and what became of it."""
    return [
        (one.body["written"], one.body["kinds"], one.body["choice"])
        for one in world.events(alert)
        if one.kind == Happened.IDENTITY_WARNED
    ]


def everything(world: World) -> str:
    """Return all that is kept about alerts, opened."""
    with world.store.reading() as transaction:
        events = [transaction.alert_events(one.id) for one in transaction.alerts()]
        return repr((events, transaction.logged(), world.deliveries()))


@EVERYTHING
def test_a_name_and_a_date_of_birth_are_asked_about_before_anything_is_kept(
    world: World, written: str
) -> None:
    write, happens = WRITES[written]
    alert = an_alert(world, *ADVICE)
    before = world.happened(alert)

    with pytest.raises(HoldsDetails) as asked:
        write(world, alert, NAMED)

    assert asked.value.kinds == (Detail.NAME, Detail.DATE_OF_BIRTH)
    assert world.happened(alert) == [*before, Happened.IDENTITY_WARNED]
    kinds = ["name", "date-of-birth"]
    assert warned(world, alert) == [(written, kinds, "asked")]
    assert "Amelia" not in everything(world)

    write(world, alert, NAMED, keep=True)

    assert happens in world.happened(alert)[len(before) :]
    assert warned(world, alert)[1:] == [(written, kinds, "kept")]


@EVERYTHING
def test_what_is_changed_goes_on_and_that_is_kept(world: World, written: str) -> None:
    write, happens = WRITES[written]
    alert = an_alert(world, *ADVICE)
    with pytest.raises(HoldsDetails):
        write(world, alert, NAMED)

    write(world, alert, PLAIN)

    assert happens in world.happened(alert)
    assert warned(world, alert)[1:] == [(written, [], "changed")]
    assert "Amelia" not in everything(world)


@EVERYTHING
def test_without_details_nobody_is_asked_and_nothing_is_kept_of_it(
    world: World, written: str
) -> None:
    write, _ = WRITES[written]
    alert = an_alert(world, *ADVICE)

    write(world, alert, PLAIN)

    assert warned(world, alert) == []


@pytest.mark.parametrize("written", ["advice", "handover", "disagreement"])
def test_nothing_stands_between_a_person_and_an_urgent_alert(
    world: World, written: str
) -> None:
    write, happens = WRITES[written]
    alert = an_alert(world, *HARM)

    write(world, alert, NAMED)

    assert happens in world.happened(alert)
    assert warned(world, alert) == [(written, ["name", "date-of-birth"], "passed")]


def test_closing_is_asked_about_however_urgent_it_was_because_nobody_waits(
    world: World,
) -> None:
    alert = an_alert(world, *HARM)

    with pytest.raises(HoldsDetails):
        close(world, alert, NAMED)

    assert warned(world, alert) == [("closing", ["name", "date-of-birth"], "asked")]


def test_who_may_not_write_is_refused_and_not_asked(world: World) -> None:
    alert = an_alert(world, *ADVICE)

    with pytest.raises((Refused, NoSuchAlert)):
        world.alerts_of.advise(world.who("farida-penhaligon"), alert, NAMED)

    assert warned(world, alert) == []


def test_the_ledger_has_kind_and_choice_and_not_the_words(world: World) -> None:
    alert = an_alert(world, *ADVICE)

    with pytest.raises(HoldsDetails):
        advise(world, alert, NAMED)

    with world.store.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.IDENTITY_WARNED)
    assert entry.body == {
        "alert": alert,
        "who": MORGAN,
        "written": "advice",
        "kinds": ["name", "date-of-birth"],
        "choice": "asked",
    }
