"""Question 13: whether this child can decide this; age alone never decides."""

import pytest

from tests.support.cases import CONFIDENTIAL, SAFE_TO_ASK, child
from tests.support.dialog import (
    CRITERIA,
    Dialog,
    a_session,
    competence,
    follow,
    ids,
    weighed,
)


def at_competence(
    child_view: str = "disagrees", responsible: str = "not-asked"
) -> Dialog:
    """Stand at the competence worksheet."""
    safe = SAFE_TO_ASK if "not-asked" in {child_view, responsible} else {}
    views = child(child_view, responsible, **safe)
    return a_session().follow({**CONFIDENTIAL, **views}, until="competence")


@pytest.mark.parametrize("conclusion", ["competent", "not-competent", "unclear"])
@pytest.mark.parametrize("age", ["12-to-15", "16-or-17", "not-sure"])
def test_another_age_band_gives_the_same_outcome(age: str, conclusion: str) -> None:
    """Rule 8."""
    views = child("disagrees", "disagrees")
    outcomes = [
        follow(
            CONFIDENTIAL,
            views,
            {
                "competence": competence(conclusion, age=band),
                "weigh-up": weighed("yes"),
            },
        ).outcomes
        for band in ("under-12", age)
    ]

    assert outcomes[0] == outcomes[1]


def test_a_child_under_12_may_be_competent() -> None:
    dialog = at_competence("agrees")

    dialog.answer(competence("competent", age="under-12"))

    assert dialog.asked == "covers-this"


@pytest.mark.parametrize("conclusion", ["not-competent", "unclear", "not-sure"])
def test_where_a_child_cannot_decide_the_responsible_person_does(
    conclusion: str,
) -> None:
    """Rule 8."""
    dialog = at_competence("disagrees", "disagrees")

    dialog.answer(competence(conclusion))
    dialog.answer(weighed("no"))

    assert dialog.outcomes == ["do-not-share"]


@pytest.mark.parametrize(
    ("conclusion", "leads_to"),
    [("competent", "covers-this"), ("not-competent", "share-anyway")],
)
def test_the_conclusion_alone_picks_whose_view_decides(
    conclusion: str, leads_to: str
) -> None:
    """Rule 8."""
    dialog = at_competence("agrees", "not-asked")

    dialog.answer(competence(conclusion))

    assert dialog.asked == leads_to


@pytest.mark.parametrize(
    ("child_view", "responsible"), [("agrees", "agrees"), ("too-young", "disagrees")]
)
def test_competence_is_not_asked_where_it_can_change_nothing(
    child_view: str, responsible: str
) -> None:
    dialog = a_session().follow(
        {**CONFIDENTIAL, **child(child_view, responsible)}, until="consent-so-far"
    )

    dialog.answer({"child-view": child_view, "responsible-view": responsible})

    assert dialog.asked != "competence"


@pytest.mark.parametrize(
    "child_view", ["agrees", "disagrees", "withdrawn", "cannot-ask"]
)
def test_a_child_who_cannot_be_asked_is_judged_from_what_is_known(
    child_view: str,
) -> None:
    assert at_competence(child_view, "disagrees").asked == "competence"


def test_the_eight_criteria_carry_the_documents_words_on_their_lines() -> None:
    lines = {line.id: line for line in at_competence().prompt.fields}

    for number, criterion in enumerate(CRITERIA, 1):
        assert ids(lines[criterion].quotes) == [f"S3-11-{number}"]


def test_every_criterion_has_an_optional_note() -> None:
    lines = {line.id: line for line in at_competence().prompt.fields}

    for criterion in CRITERIA:
        assert not lines[f"{criterion}-note"].required


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("answer", ["no", "not-sure"])
def test_competent_against_a_line_needs_a_reason(criterion: str, answer: str) -> None:
    dialog = at_competence()
    sheet = {**competence(), criterion: answer}

    with pytest.raises(AssertionError, match="because"):
        dialog.answer(sheet)

    dialog.answer({**sheet, "because": "The rest is clear."})
    assert dialog.asked != "competence"


def test_not_competent_against_every_line_needs_a_reason() -> None:
    dialog = at_competence()

    with pytest.raises(AssertionError, match="because"):
        dialog.answer(competence("not-competent", lines="yes"))


@pytest.mark.parametrize("conclusion", ["unclear", "not-sure"])
def test_an_unclear_conclusion_needs_no_reason(conclusion: str) -> None:
    dialog = at_competence()

    dialog.answer(competence(conclusion, lines="yes"))

    assert dialog.asked != "competence"


def test_the_lines_alone_decide_nothing() -> None:
    because = {"because": "Seen often."}
    against = at_competence("agrees").answer({**competence(lines="no"), **because})
    along = at_competence("agrees").answer(competence())

    assert against.asked == along.asked == "covers-this"


def test_a_child_who_cannot_decide_is_shown_the_sentence_on_parents() -> None:
    dialog = at_competence("disagrees", "disagrees")

    dialog.answer(competence("not-competent"))

    assert "S3-12" in ids(dialog.prompt.quotes)
