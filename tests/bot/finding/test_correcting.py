"""A decision is corrected by adding to it; what was recorded first is never changed."""

import pytest

from bot.filing import Filing, gather
from bot.finding import LONGEST_WORDS, NoSuchRecord, NotLikeThat
from bot.ports import Audit
from bot.privacy.details import Detail, HoldsDetails
from bot.roles import Who
from bot.store.upkeep import Lawful
from tests.bot.finding.conftest import House
from tests.support.alerting import MORGAN, USER
from tests.support.deciding import NO_PURPOSE, decide
from tests.support.fakes import START

JO = "jo-harker"
NAMED = "It was Amelia Thornbury, born 3/4/2015."


def me(house: House) -> Who:
    return house.who(JO)


def a_decision(house: House) -> str:
    return decide(house.guide, USER, NO_PURPOSE)


def kept(house: House, reference: str) -> Filing:
    with house.store.reading() as transaction:
        filing = gather(transaction, reference)
    assert filing is not None
    return filing


def entries(house: House, kind: Audit) -> list[dict[str, object]]:
    with house.store.reading() as transaction:
        return [dict(one.body or {}) for one in transaction.logged(kind=kind)]


def test_a_correction_is_an_entry_and_changes_nothing_that_was_recorded(
    house: House,
) -> None:
    reference = a_decision(house)
    before = kept(house, reference)

    entry = house.finding.correct(
        me(house),
        f" {reference.lower()} ",
        " It was asked for. ",
        "purpose",
        keep=False,
    )

    after = kept(house, reference)
    assert (after.row, after.facts) == (before.row, before.facts)
    assert after.replayed == "the same"
    (correction,) = after.corrected("purpose")
    assert (correction.words, correction.entry) == ("It was asked for.", entry)
    assert after.corrected("") == ()
    with house.store.reading() as transaction:
        verified = transaction.verify(())
    assert (verified.trouble, verified.entries) == (None, entry)


def test_corrections_stand_in_their_order_after_the_decision(house: House) -> None:
    reference = a_decision(house)
    for words in ("First.", "Second."):
        house.finding.correct(me(house), reference, words, keep=False)

    filing = kept(house, reference)

    assert [one.words for one in filing.corrections] == ["First.", "Second."]
    assert [one.pairs for one in filing.later] == [
        (("Correction", "First."),),
        (("Correction", "Second."),),
    ]


def test_a_name_in_a_correction_is_asked_about_before_it_is_kept(house: House) -> None:
    reference = a_decision(house)

    with pytest.raises(HoldsDetails) as asked:
        house.finding.correct(me(house), reference, NAMED, keep=False)

    assert asked.value.kinds == (Detail.NAME, Detail.DATE_OF_BIRTH)
    assert "Amelia" not in str(asked.value)
    assert entries(house, Audit.RECORD_CORRECTED) == []
    (warned,) = entries(house, Audit.IDENTITY_WARNED)
    assert (warned["kinds"], warned["choice"]) == (["name", "date-of-birth"], "asked")
    assert "Amelia" not in repr(warned)


def test_kept_details_are_logged_by_their_kind(house: House) -> None:
    reference = a_decision(house)

    house.finding.correct(me(house), reference, NAMED, keep=True)

    (entry,) = entries(house, Audit.RECORD_CORRECTED)
    assert entry["kinds"] == ["name", "date-of-birth"]


@pytest.mark.parametrize(
    ("words", "about"),
    [("  ", ""), ("x" * (LONGEST_WORDS + 1), ""), ("Right.", "no-such-question")],
)
def test_a_correction_says_something_about_what_was_asked(
    house: House, words: str, about: str
) -> None:
    reference = a_decision(house)

    with pytest.raises(NotLikeThat):
        house.finding.correct(me(house), reference, words, about, keep=False)


@pytest.mark.parametrize("person", [MORGAN, "emeka-sandford", "rosalind-peake"])
def test_nobody_corrects_what_another_decided(house: House, person: str) -> None:
    reference = a_decision(house)

    with pytest.raises(NoSuchRecord):
        house.finding.correct(house.who(person), reference, "Not so.", keep=False)
    with pytest.raises(NoSuchRecord):
        house.finding.correct(house.who(person), "R-9", "Not so.", keep=False)

    assert entries(house, Audit.RECORD_CORRECTED) == []
    (refused,) = entries(house, Audit.ACTION_REFUSED)
    assert (refused["action"], refused["person"]) == ("correct-own", person)


def test_a_practitioner_goes_on_reading_and_correcting_on_another_channel(
    house: House,
) -> None:
    reference = a_decision(house)
    elsewhere = house.finding.who("page", "jo")

    house.finding.correct(elsewhere, reference, "Asked for by the nursery.", keep=False)

    assert house.finding.read(elsewhere, reference).corrections


def test_a_repeated_request_corrects_once(house: House) -> None:
    reference = a_decision(house)
    right = "Asked for."

    first, again = (
        house.finding.correct(me(house), reference, right, keep=False, key="slack:1")
        for _ in range(2)
    )
    other = house.finding.correct(
        me(house), reference, right, keep=False, key="slack:2"
    )

    assert first == again != other
    assert len(entries(house, Audit.RECORD_CORRECTED)) == 2


def test_a_correction_goes_with_the_record_when_that_is_erased(house: House) -> None:
    reference = a_decision(house)
    house.finding.correct(me(house), reference, "Asked for.", keep=False)
    session = kept(house, reference).row.session
    lawful = Lawful("Records", "Kept long enough")

    with house.store.begin() as transaction:
        transaction.erase(session, lawful.who, lawful.reason, START)

    assert entries(house, Audit.RECORD_CORRECTED) == [{}]
    with pytest.raises(NoSuchRecord):
        house.finding.correct(me(house), reference, "More.", keep=False)
    with house.store.reading() as transaction:
        assert transaction.verify(()).trouble is None
