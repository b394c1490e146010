"""Leads find and read decisions of their teams, and it is seen that they did."""

from datetime import date, timedelta

import pytest

from bot.climb import Happened
from bot.finding import (
    MOST_FOUND,
    MayNotSearch,
    NoSuchRecord,
    NotLikeThat,
    TookTooLong,
    Wanted,
)
from bot.ports import Audit
from tests.bot.finding.conftest import House
from tests.bot.finding.test_correcting import entries, kept
from tests.support.alerting import (
    BETTANY,
    IDRIS,
    MORGAN,
    TAMSIN,
    USER,
    away,
    the_directory,
)
from tests.support.deciding import DANGER, NO_PURPOSE, decide

LINUS = "T0FICTION:U0LINUS"
"""A practitioner of a school, which has leads of its own."""
FARIDA = "farida-penhaligon"
CONFLICT = {**DANGER, "conflict": ["lead"]}


def found(house: House, person: str, **wanted: object) -> list[str]:
    hits = house.finding.search(house.who(person), Wanted(**wanted)).hits  # type: ignore[arg-type]  # a test names fields that are there
    return [hit.reference for hit in hits]


def two_teams(house: House) -> tuple[str, str]:
    """Decide in early help, and a day later in a school."""
    first = decide(house.guide, USER, NO_PURPOSE)
    house.clock.move(timedelta(days=1))
    return first, decide(house.guide, LINUS, DANGER)


@pytest.mark.parametrize("person", [MORGAN, TAMSIN, IDRIS])
def test_whoever_leads_a_team_finds_its_decisions_and_no_others(
    house: House, person: str
) -> None:
    first, second = two_teams(house)

    assert found(house, person) == [first]
    assert found(house, FARIDA) == [second]
    assert found(house, person, reference=second) == []
    assert found(house, person, team="hartsmere") == []


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_a_search_whose_time_is_over_shows_nothing_and_logs_nothing(
    house: House, asked: int
) -> None:
    # Before each of two decisions, and before what was found is logged.
    for _ in range(2):
        decide(house.guide, USER, NO_PURPOSE)
    answers = iter([True] * (asked - 1))

    with pytest.raises(TookTooLong):
        house.finding.search(house.who(MORGAN), Wanted(), lambda: next(answers, False))

    assert entries(house, Audit.RECORDS_SEARCHED) == []


@pytest.mark.parametrize("person", [BETTANY, "jo-harker", "rosalind-peake"])
def test_whoever_leads_no_team_may_not_search_and_that_is_kept(
    house: House, person: str
) -> None:
    two_teams(house)

    with pytest.raises(MayNotSearch):
        found(house, person)

    (refused,) = entries(house, Audit.ACTION_REFUSED)
    assert (refused["action"], refused["person"]) == ("find-record", person)


def test_each_of_reference_dates_team_outcome_and_passage_narrows(
    house: House,
) -> None:
    first = decide(house.guide, USER, NO_PURPOSE)
    house.clock.move(timedelta(days=1))
    second = decide(house.guide, USER, DANGER)
    body = kept(house, second).row.body
    passages = {one["id"] for one in body["passages"]}  # type: ignore[attr-defined]  # a record's list
    before = {one["id"] for one in kept(house, first).row.body["passages"]}  # type: ignore[attr-defined]  # a record's list
    only_second = min(passages - before)

    assert found(house, MORGAN) == [second, first]
    assert found(house, MORGAN, reference=first.lower()) == [first]
    assert found(house, MORGAN, since=date(2026, 11, 24)) == [second]
    assert found(house, MORGAN, until=date(2026, 11, 23)) == [first]
    assert found(house, MORGAN, since=date(2026, 11, 25)) == []
    assert found(house, MORGAN, team="early-help") == [second, first]
    assert found(house, MORGAN, outcome="act-now") == [second]
    assert found(house, MORGAN, passage=only_second.lower()) == [second]


def test_whoever_is_kept_out_finds_nothing_and_reads_nothing(house: House) -> None:
    """Flow, rule 11: not by searching either."""
    reference = decide(house.guide, USER, CONFLICT)

    assert found(house, MORGAN) == []
    assert found(house, MORGAN, reference=reference) == []
    with pytest.raises(NoSuchRecord):
        house.finding.read(house.who(MORGAN), reference)
    assert found(house, TAMSIN) == [reference]


def test_whoever_stood_in_that_day_for_who_is_kept_out_is_kept_out_too(
    house: House,
) -> None:
    house.serve(away(the_directory(), MORGAN, TAMSIN))
    reference = decide(house.guide, USER, CONFLICT)
    house.serve(the_directory())

    assert found(house, TAMSIN, reference=reference) == []
    assert found(house, IDRIS, reference=reference) == [reference]


def test_who_said_not_me_is_shown_the_record_no_more(house: House) -> None:
    reference = decide(house.guide, USER, DANGER)
    house.run()
    alert = house.alert(kept(house, reference).row.session)
    assert found(house, MORGAN) == [reference]

    house.alerts_of.not_me(house.who(MORGAN), alert.id)

    assert found(house, MORGAN) == []


def test_each_time_another_reads_it_the_practitioner_can_see_it(house: House) -> None:
    reference = decide(house.guide, USER, NO_PURPOSE)

    house.finding.read(house.who(MORGAN), reference)

    (logged,) = entries(house, Audit.RECORD_READ)
    assert (logged["who"], logged["reference"]) == (MORGAN, reference)
    seen = house.finding.read(house.who("jo-harker"), reference)
    assert [(one.who, one.at) for one in seen.readings] == [(MORGAN, house.clock.now())]
    assert len(entries(house, Audit.RECORD_READ)) == 1, "one's own reading is no news"


def test_a_lead_is_not_told_who_decided_unless_they_chose_to_be_known(
    house: House,
) -> None:
    reference = decide(house.guide, USER, DANGER)
    session = kept(house, reference).row.session

    hidden = house.finding.read(house.who(MORGAN), reference)
    house.own.show_identity(session, USER)
    shown = house.finding.read(house.who(MORGAN), reference)

    assert "JOHARKER" not in repr(hidden)
    assert shown.row.user == USER
    assert Happened.IDENTITY_SHOWN in {one.kind for one in shown.alert}


@pytest.mark.parametrize("person", [FARIDA, "emeka-sandford", BETTANY])
def test_whoever_leads_another_team_or_none_reads_nothing_and_that_is_kept(
    house: House, person: str
) -> None:
    reference = decide(house.guide, USER, NO_PURPOSE)

    with pytest.raises(NoSuchRecord):
        house.finding.read(house.who(person), reference)
    with pytest.raises(NoSuchRecord):
        house.finding.read(house.who(person), "R-9999-9999-99")

    (refused,) = entries(house, Audit.ACTION_REFUSED)
    assert (refused["action"], refused["because"]) == ("find-record", "role")


def test_a_search_is_kept_with_its_codes_and_what_it_found(house: House) -> None:
    reference = decide(house.guide, USER, NO_PURPOSE)

    outcome = kept(house, reference).row.outcome

    found(house, MORGAN, outcome=outcome, since=date(2026, 11, 1))

    (logged,) = entries(house, Audit.RECORDS_SEARCHED)
    assert logged["who"] == MORGAN
    assert logged["wanted"] == {"outcome": outcome, "since": "2026-11-01"}
    assert logged["found"] == [reference]


@pytest.mark.parametrize("name", ["reference", "team", "outcome", "passage"])
def test_words_are_no_codes_so_nothing_that_is_typed_reaches_the_ledger(
    house: House, name: str
) -> None:
    with pytest.raises(NotLikeThat) as refused:
        found(house, MORGAN, **{name: "Amelia Thornbury"})

    assert "Amelia" not in str(refused.value)
    assert entries(house, Audit.RECORDS_SEARCHED) == []


def test_a_corrected_decision_is_marked_in_what_is_found(house: House) -> None:
    reference = decide(house.guide, USER, NO_PURPOSE)
    jo = house.who("jo-harker")
    house.finding.correct(jo, reference, "Asked for.", keep=False)

    (hit,) = house.finding.search(house.who(MORGAN), Wanted()).hits

    assert hit.corrected


def test_a_search_stops_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        decide(house.guide, USER, NO_PURPOSE)
    whole = house.finding.search(house.who(MORGAN), Wanted())
    monkeypatch.setattr("bot.finding.MOST_FOUND", 2)
    monkeypatch.setattr("bot.finding.PAGE", 2)

    cut = house.finding.search(house.who(MORGAN), Wanted())

    assert MOST_FOUND > 3
    assert (len(whole.hits), whole.more) == (3, False)
    assert (len(cut.hits), cut.more) == (2, True)
