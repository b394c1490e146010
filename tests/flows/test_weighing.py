"""Question 15: both sides are written down, and the judgement is the person's."""

import pytest

from tests.support.cases import CONFIDENTIAL, SAFE_TO_ASK, adult
from tests.support.dialog import BOTH_SIDES, a_session, follow, ids, weighed

REFUSED = {**CONFIDENTIAL, **adult("disagrees")}
OVERRULED = {
    **CONFIDENTIAL,
    **adult("not-asked", **SAFE_TO_ASK),
    "share-anyway": "yes",
}


@pytest.mark.parametrize("missing", ["if-shared", "if-not-shared", "proportionate"])
def test_both_sides_and_a_judgement_are_needed(missing: str) -> None:
    dialog = a_session().follow(REFUSED, until="weigh-up")
    sheet = {key: line for key, line in weighed("yes").items() if key != missing}

    with pytest.raises(AssertionError, match=missing):
        dialog.answer(sheet)


@pytest.mark.parametrize(
    ("judgement", "outcome"),
    [
        ("yes", "share-proportionate"),
        ("no", "do-not-share"),
        ("not-sure", "seek-advice"),
    ],
)
def test_the_judgement_decides_after_a_refusal(judgement: str, outcome: str) -> None:
    dialog = follow(REFUSED, {"weigh-up": weighed(judgement)})

    assert dialog.outcomes == [outcome]


def test_not_proportionate_asks_first_whoever_could_have_been_asked() -> None:
    dialog = follow(OVERRULED, {"weigh-up": weighed("no")})

    assert dialog.outcomes == ["ask-consent-first"]


def test_sharing_the_part_that_is_needed_is_recorded_with_why_and_told() -> None:
    dialog = follow(OVERRULED, {"weigh-up": weighed("yes")})

    assert dialog.outcomes == ["share-proportionate"]
    assert {"why-proportionate", "tell-the-person"} <= set(ids(dialog.advice.todo))


def test_the_weighing_quotes_the_document_on_it() -> None:
    dialog = a_session().follow(REFUSED, until="weigh-up")

    assert ids(dialog.prompt.quotes)[:2] == ["S3-5", "S3-6"]


def test_what_was_weighed_stands_in_the_answers() -> None:
    dialog = follow(REFUSED, {"weigh-up": weighed("yes")})

    assert dialog.answers["weigh-up"] == {**BOTH_SIDES, "proportionate": "yes"}
