"""Decisions are corrected by whoever made them, and searched by leads, on cards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.teams.keeping import GONE, MOST, Waiting
from bot.channels.teams.records import NOT_LISTED, correcting, found, searching
from bot.finding import Found, Hit
from bot.ports import Audit, DecisionRow
from bot.redacting import ERASED, Redacting
from bot.searching import Searches
from bot.store.anchors import Anchors
from bot.store.upkeep import Lawful, erase
from tests.support.check_adaptive import complaints
from tests.support.deciding import NO_PURPOSE, decide
from tests.support.fakes import START, CountingIds
from tests.support.searching import NO_TIME
from tests.support.stores import KEYS
from tests.support.teams import (
    DAN,
    MAYA,
    Person,
    Served,
    actions_of,
    reached_in_teams,
    served,
)

NAMED = "It was Amelia Thornbury, born 3/4/2015."
PLANTED = "planted of quarndon"
WRITTEN = {
    **NO_PURPOSE,
    "decision": {"decision": "do-not-share", "reasons": PLANTED},
}


@dataclass
class House:
    """A tenant in which Maya has decided something, and Lena leads her team."""

    teams: Served
    maya: Person
    lena: Person
    reference: str

    def logged(self, kind: Audit) -> list[dict[str, Any]]:
        with self.teams.store.reading() as transaction:
            return [dict(one.body or {}) for one in transaction.logged(kind=kind)]

    @property
    def row(self) -> DecisionRow:
        with self.teams.store.reading() as transaction:
            row = transaction.decision(self.reference)
        assert row
        return row

    @property
    def posted(self) -> str:
        """Everything that the bot has put into a chat, on cards or in words."""
        cards = [*self.maya.cards, *self.lena.cards]
        return json.dumps([cards, self.maya.said, self.lena.said])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with served(tmp_path, directory=reached_in_teams()) as teams:
        maya, lena = teams.person("maya").comes(), teams.person("lena").comes()
        reference = decide(teams.guide, MAYA, WRITTEN)
        yield House(teams, maya, lena, reference)


def corrects(house: House) -> Person:
    """Open the card on which the decision is corrected."""
    return house.maya.type("mine").press("Correct it")


def searches(lead: Person, /, **filled: object) -> Person:
    return lead.type("search").press("Search", **filled)


def titles(person: Person) -> list[str]:
    return [one["title"] for one in actions_of(person.card)]


# ---- correcting ------------------------------------------------------------------


def test_a_correction_is_added_and_counted_in_the_record(house: House) -> None:
    before = house.row

    corrects(house)
    assert complaints(house.maya.card) == []
    house.maya.press("Add the correction", right="It was asked for.", about="purpose")

    assert "What was recorded stays" in house.maya.text
    [entry] = house.logged(Audit.RECORD_CORRECTED)
    assert (entry["about"], entry["words"]) == ("purpose", "It was asked for.")
    assert house.row == before
    house.maya.press("My decisions").press(f"Read {house.reference}")
    assert "Corrected since: 1." in house.maya.text
    assert "It was asked for" not in house.posted


def test_a_name_in_a_correction_is_asked_about_and_kept_only_if_wanted(
    house: House,
) -> None:
    corrects(house).press("Add the correction", right=NAMED, about="")

    assert "a name and a date of birth" in house.maya.text
    assert complaints(house.maya.card) == []
    assert house.logged(Audit.RECORD_CORRECTED) == []

    house.maya.press("Keep it as it is")

    [entry] = house.logged(Audit.RECORD_CORRECTED)
    assert entry["kinds"] == ["name", "date-of-birth"]
    assert "Amelia" not in house.posted


def test_a_correction_is_changed_on_the_card_it_was_written_on(house: House) -> None:
    form = corrects(house).card
    house.maya.press("Add the correction", right=NAMED, about="")

    house.maya.press("Add the correction", form, right="It was A.", about="")

    [entry] = house.logged(Audit.RECORD_CORRECTED)
    assert (entry["words"], entry["kinds"]) == ("It was A.", [])


def test_what_was_kept_already_cannot_be_kept_twice(house: House) -> None:
    asks = corrects(house).press("Add the correction", right=NAMED, about="").card
    house.maya.press("Keep it as it is")

    house.maya.press("Keep it as it is", asks)

    assert house.maya.answer.words == GONE
    assert len(house.logged(Audit.RECORD_CORRECTED)) == 1


def test_an_empty_correction_is_refused_and_the_card_stays(house: House) -> None:
    before = corrects(house).card

    house.maya.press("Add the correction", right=" ", about="")

    assert house.maya.answer.words == "Error: Write what is right."
    assert house.maya.card == before


def test_nobody_corrects_what_another_decided_and_that_is_logged(house: House) -> None:
    form = corrects(house).card

    house.lena.press("Add the correction", form, right="Not so.", about="")

    assert house.lena.answer.words == "There is no such record for you."
    assert house.logged(Audit.RECORD_CORRECTED) == []
    [refused] = house.logged(Audit.ACTION_REFUSED)
    assert refused["action"] == "correct-own"


# ---- searching -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "there"),
    [
        ({}, 1),
        ({"since": "2026-11-01", "until": "2026-12-31"}, 1),
        ({"until": "2026-11-01"}, 0),
        ({"team": "early-help", "outcome": ""}, 1),
        ({"outcome": "do-not-share"}, 1),
        ({"outcome": "act-now"}, 0),
        ({"passage": "gr99"}, 0),
    ],
)
def test_a_lead_finds_decisions_of_their_teams_by_codes_and_dates(
    house: House, filled: dict[str, object], there: int
) -> None:
    searches(house.lena, **filled)

    shown = house.reference if there else "Nothing was found that you may see."
    assert shown in house.lena.text
    assert complaints(house.lena.card) == []
    [entry] = house.logged(Audit.RECORDS_SEARCHED)
    assert entry["found"] == [house.reference] * there


def test_a_lead_reads_what_was_chosen_and_nothing_written_and_that_is_logged(
    house: House,
) -> None:
    searches(house.lena).press(f"Read {house.reference}")

    assert "That you read this record is in the ledger" in house.lena.text
    assert "do not share" in house.lena.text
    assert "What was written in it is not shown here" in house.lena.text
    assert complaints(house.lena.card) == []
    assert PLANTED not in house.posted
    assert MAYA not in house.posted
    [read] = house.logged(Audit.RECORD_READ)
    assert read["reference"] == house.reference
    house.maya.type("mine").press(f"Read {house.reference}")
    assert "Read by morgan-ellery" in house.maya.text


def test_who_leads_no_team_has_no_search_and_is_refused_one(house: House) -> None:
    assert "My decisions" in titles(house.maya.comes())
    assert "Search decisions" not in titles(house.maya)
    assert "Search decisions" in titles(house.lena.comes())
    form = house.lena.press("Search decisions").card

    house.maya.press("Search", form)

    assert house.maya.answer.words.startswith("You lead no team")
    house.maya.type("search")
    assert "You lead no team" in " ".join(house.maya.said)
    # Both times it is said that it is kept.
    assert [one["action"] for one in house.logged(Audit.ACTION_REFUSED)] == [
        "find-record",
        "find-record",
    ]


def test_words_in_the_place_of_a_code_are_refused_and_not_logged(house: House) -> None:
    searches(house.lena, passage="Amelia T")

    assert house.lena.answer.words.startswith("Error: Write a passage as it stands")
    assert house.logged(Audit.RECORDS_SEARCHED) == []


@pytest.mark.parametrize(("run", "told"), NO_TIME)
def test_a_search_for_which_there_is_no_time_says_so_and_is_not_logged(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., object],
    told: str,
) -> None:
    monkeypatch.setattr(Searches, "run", run)

    searches(house.lena)

    assert house.lena.answer.words == told
    assert house.logged(Audit.RECORDS_SEARCHED) == []


def test_a_word_that_is_written_into_a_form_searches_nothing(house: House) -> None:
    house.maya.type("start")
    for answer in ("no", ["none"], "own-initiative", "no"):
        house.maya.fill(answer)

    house.maya.type("mine")

    assert "My decisions" not in house.maya.text
    assert "My decisions" in house.maya.type("/mine").text


@pytest.mark.parametrize("shows", ["Read", "Correct it"])
def test_erasing_replaces_the_cards_that_show_a_record(
    house: House, tmp_path: Path, shows: str
) -> None:
    if shows == "Read":
        reader = searches(house.lena).press(f"Read {house.reference}")
    else:
        reader = corrects(house)
    anchors, first = Anchors(tmp_path / "anchors", KEYS), Redacting(CountingIds())
    lawful, seen = (
        Lawful("the governor", "kept long enough"),
        len(house.teams.microsoft.asked),
    )

    erase(
        house.teams.store,
        anchors,
        house.row.session,
        lawful,
        house.teams.clock.now(),
        first=first.before_erasing,
    )
    house.teams.deliver()

    replaced = [
        one.path
        for one in house.teams.microsoft.asked[seen:]
        if ERASED in json.dumps(one.body)
    ]
    assert any(f"/a:{reader.name}/" in path for path in replaced)


def test_a_list_that_no_erasure_replaces_shows_nothing_that_is_in_a_record(
    house: House,
) -> None:
    lists = [searches(house.lena).text, house.maya.type("mine").text]

    for text in lists:
        assert f"{house.reference}, 2026-11-23 09:00 UTC" in text
        assert "Indicated" not in text
        assert "decided" not in text.replace(NOT_LISTED, "")


# ---- what is drawn ---------------------------------------------------------------


def test_every_card_of_records_is_taken_and_inside_every_limit(house: House) -> None:
    hits = [
        Hit(
            reference=f"R-0000-0000-{place:02}",
            at=START,
            team="early-help",
            outcome="act-now",
            title="Act now, and tell somebody. " * 10,
            decision="refer",
            departing=True,
            corrected=True,
        )
        for place in range(50)
    ]
    many = [(f"o-{place}", "Indicated " * 10) for place in range(60)]

    for card in (
        correcting(house.row),
        searching(many, many),
        found(Found(tuple(hits), more=True)),
        found(Found((), more=False)),
    ):
        assert complaints(card) == []
    cut = found(Found(tuple(hits), more=False))
    assert "There is more. Narrow the dates." in json.dumps(cut)


def test_what_waits_is_given_back_once_to_its_writer_and_for_the_same_thing() -> None:
    waiting = Waiting[str]()
    waiting.put("maya", "R-1", "words")

    assert waiting.take("dan", "R-1") is None
    assert waiting.has("maya")
    assert waiting.take("maya", "R-1") == "words"
    assert waiting.take("maya", "R-1") is None
    for place in range(MOST + 1):
        waiting.put(f"{DAN}-{place}", "R-1", "words")
    assert not waiting.has(f"{DAN}-0")
