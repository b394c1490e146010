"""Decisions are corrected by whoever made them, and searched by leads, in modals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from bot.channels.slack.app import NOT_SAVED
from bot.channels.slack.records import correcting, found, searching
from bot.finding import Found, Hit
from bot.ports import Audit, StoreUnavailable
from bot.searching import Searches
from tests.support.block_kit import complaints
from tests.support.deciding import NO_PURPOSE, decide
from tests.support.fakes import START
from tests.support.searching import NO_TIME

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import DecisionRow
    from tests.support.slack import Slacker, Workspace

JO = "U0JOHARKER"
NAMED = "It was Amelia Thornbury, born 3/4/2015."
PLANTED = "a planted secret of quarndon"
HOSTILE = "<!channel> *x* [a](http://b) `y`"
WRITTEN = {
    **NO_PURPOSE,
    "decision": {"decision": "do-not-share", "reasons": f"{PLANTED} {HOSTILE}"},
}


@dataclass
class House:
    """A workspace in which Jo, of early help, has decided something."""

    workspace: Workspace
    jo: Slacker
    morgan: Slacker
    reference: str

    def logged(self, kind: Audit) -> list[dict[str, Any]]:
        with self.workspace.store.reading() as transaction:
            return [dict(one.body or {}) for one in transaction.logged(kind=kind)]

    @property
    def row(self) -> DecisionRow:
        with self.workspace.store.reading() as transaction:
            row = transaction.decision(self.reference)
        assert row
        return row

    @property
    def posted(self) -> str:
        """Everything that Slack keeps: messages and home tabs."""
        return repr((self.workspace.slack.messages, self.workspace.slack.homes))


@pytest.fixture
def house(workspace: Workspace) -> House:
    jo, morgan = workspace.person(JO), workspace.person("U0MORGAN")
    return House(workspace, jo, morgan, decide(workspace.guide, jo.name, WRITTEN))


def corrects(house: House) -> Slacker:
    """Open the form of the decision that was made last."""
    return house.jo.press_in(house.jo.open_home(), "Correct it")


def searches(lead: Slacker, /, **lines: object) -> Slacker:
    """Search as a lead does, from the home tab."""
    return lead.press_in(lead.open_home(), "Search decisions").send(**lines)


# ---- correcting ------------------------------------------------------------------


def test_a_correction_is_added_from_the_home_tab_and_shown_in_the_record(
    house: House,
) -> None:
    before = house.row

    corrects(house).send(right=f"It was asked for. {HOSTILE}", about="purpose")

    assert "What was recorded stays" in house.jo.modal_shown
    [entry] = house.logged(Audit.RECORD_CORRECTED)
    assert entry["about"] == "purpose"
    assert house.row == before
    house.jo.close().press_in(house.jo.open_home(), "Read")
    assert "CORRECTED" in house.jo.modal_shown
    assert "It was asked for." in house.jo.modal_shown
    assert "mrkdwn" not in repr(house.jo.modal)
    assert "It was asked for" not in house.posted


def test_a_name_in_a_correction_is_asked_about_and_kept_only_if_wanted(
    house: House,
) -> None:
    corrects(house).send(right=NAMED)

    assert "a name and a date of birth" in house.jo.modal_shown
    assert house.jo.modal
    assert complaints(house.jo.modal) == []
    assert house.logged(Audit.RECORD_CORRECTED) == []
    assert "Amelia" not in house.posted

    house.jo.send(right=NAMED, keep=["keep"])

    [entry] = house.logged(Audit.RECORD_CORRECTED)
    assert entry["kinds"] == ["name", "date-of-birth"]
    assert "Amelia" not in house.posted


def test_a_changed_correction_is_taken_without_asking_again(house: House) -> None:
    corrects(house).send(right=NAMED, about="purpose")

    house.jo.send(right="It was A.", about="purpose")

    [entry] = house.logged(Audit.RECORD_CORRECTED)
    assert (entry["about"], entry["kinds"]) == ("purpose", [])


def test_an_empty_correction_is_refused_in_the_form(house: House) -> None:
    corrects(house).send(right="  ")

    assert house.jo.errors == {"line:right": "Write what is right."}


def test_nobody_corrects_what_another_decided_and_that_is_logged(house: House) -> None:
    ben = house.workspace.person("U0BEN")
    stolen = corrects(house).sending(right="Not so.") | {"user": {"id": ben.user}}
    ben.slack.views[ben.user] = [dict(stolen["view"])]

    ben.interact(stolen)

    assert "There is no such record for you" in ben.modal_shown
    assert house.logged(Audit.RECORD_CORRECTED) == []
    [refused] = house.logged(Audit.ACTION_REFUSED)
    assert (refused["action"], refused["user"]) == ("correct-own", ben.name)


def test_a_correction_that_was_not_saved_stays_in_the_form(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise StoreUnavailable("OperationalError", "SQLITE_FULL")

    form = corrects(house)
    monkeypatch.setattr("bot.finding.Finding.correct", full)

    form.send(right="It was asked for.")

    assert form.errors == {"line:right": NOT_SAVED}


# ---- searching -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "there"),
    [
        ({}, 1),
        ({"since": "2026-11-01", "until": "2026-12-31"}, 1),
        ({"until": "2026-11-01"}, 0),
        ({"team": "early-help"}, 1),
        ({"outcome": "do-not-share"}, 1),
        ({"outcome": "act-now"}, 0),
        ({"passage": "gr99"}, 0),
    ],
)
def test_a_lead_finds_decisions_of_their_teams_by_codes_and_dates(
    house: House, lines: dict[str, object], there: int
) -> None:
    searches(house.morgan, **lines)

    shown = house.reference if there else "Nothing was found that you may see."
    assert shown in house.morgan.modal_shown
    [entry] = house.logged(Audit.RECORDS_SEARCHED)
    assert entry["found"] == [house.reference] * there


def test_a_lead_reads_what_was_found_in_a_modal_and_that_is_logged(
    house: House,
) -> None:
    searches(house.morgan, reference=house.reference.lower())
    assert house.morgan.modal
    assert PLANTED not in house.morgan.modal_shown

    house.morgan.press_in(house.morgan.modal, "Read")

    assert "That you read this record is in the ledger" in house.morgan.modal_shown
    assert PLANTED in house.morgan.modal_shown
    assert HOSTILE in house.morgan.modal_shown
    assert house.jo.name not in house.morgan.modal_shown
    assert PLANTED not in house.posted
    [read] = house.logged(Audit.RECORD_READ)
    assert (read["who"], read["reference"]) == ("morgan-ellery", house.reference)


def test_the_practitioner_sees_who_has_read_it(house: House) -> None:
    searches(house.morgan)
    assert house.morgan.modal
    house.morgan.press_in(house.morgan.modal, "Read")

    house.jo.press_in(house.jo.open_home(), "Read")

    assert "morgan-ellery" in house.jo.modal_shown


def test_whoever_leads_no_team_has_no_search_and_is_refused_one(house: House) -> None:
    assert "Search decisions" not in repr(house.jo.open_home())
    form = house.morgan.press_in(house.morgan.open_home(), "Search decisions").sending()
    house.jo.slack.views[house.jo.user] = [dict(form["view"])]

    house.jo.interact(form | {"user": {"id": house.jo.user}})

    assert "You lead no team" in house.jo.modal_shown
    [refused] = house.logged(Audit.ACTION_REFUSED)
    assert refused["action"] == "find-record"


def test_a_lead_of_another_team_finds_and_reads_nothing(house: House) -> None:
    elsewhere = house.workspace.person("U0FARIDA")
    searches(house.morgan)
    assert house.morgan.modal
    view = dict(house.morgan.modal)

    searches(elsewhere, reference=house.reference)
    assert "Nothing was found" in elsewhere.modal_shown
    elsewhere.press_in(view, "Read")

    assert "There is no such record for you" in elsewhere.modal_shown
    assert house.logged(Audit.RECORD_READ) == []


def test_words_in_the_place_of_a_code_are_refused_and_not_logged(house: House) -> None:
    searches(house.morgan, passage="Amelia T")

    assert "Write a passage as it stands in the record." in repr(house.morgan.errors)
    assert house.logged(Audit.RECORDS_SEARCHED) == []


@pytest.mark.parametrize(("run", "told"), NO_TIME)
def test_a_search_for_which_there_is_no_time_says_so_and_is_not_logged(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., object],
    told: str,
) -> None:
    monkeypatch.setattr(Searches, "run", run)

    searches(house.morgan)

    assert told in house.morgan.modal_shown
    assert house.logged(Audit.RECORDS_SEARCHED) == []


# ---- what is drawn ---------------------------------------------------------------


def test_every_modal_of_records_is_taken_and_inside_every_limit(house: House) -> None:
    hits = [
        Hit(
            reference=f"R-0000-0000-{place:02}",
            at=START,
            team="early-help",
            outcome="act-now",
            title="Act now. " * 40,
            decision="refer",
            departing=True,
            corrected=True,
        )
        for place in range(50)
    ]
    long = [(f"o-{place}", "Indicated " * 20) for place in range(120)]

    for modal in (
        correcting(house.row),
        correcting(house.row, {"right": "x" * 3000, "about": "purpose"}, "Asked?"),
        searching(long, long),
        found(Found(tuple(hits), more=True)),
        found(Found((), more=False)),
    ):
        assert complaints(modal) == []
    cut = found(Found(tuple(hits), more=False))
    assert "There is more. Narrow the dates." in repr(cut)
