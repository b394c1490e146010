"""Question 16: what is shared, with whom, how, and who is told."""

import pytest

from tests.support.cases import CASES, CONFIDENTIAL, HARM, ticked, walked
from tests.support.dialog import (
    HOW_TO_SHARE,
    Dialog,
    a_session,
    decides,
    follow,
    ids,
)

SHARING = [
    name
    for name, case in CASES.items()
    if case.outcomes[-1].startswith(("share", "refer", "act"))
]
REQUIRED = {
    "what",
    "facts-and-opinion",
    "with-whom",
    "why",
    "accurate",
    "method",
    "tell-them",
}


def at_how_to_share(*, harm: bool = False, **answers: object) -> Dialog:
    """Stand at the screen, with the outcome fixed at level 4 or at level 0."""
    given = {**HARM, **ticked("evidence")} if harm else {**CONFIDENTIAL}
    given |= {} if harm else {"confidential": "no"}
    return a_session().follow({**given, **answers}, until="how-to-share")


@pytest.mark.parametrize("name", SHARING)
def test_every_share_or_refer_outcome_asks_how(name: str) -> None:
    assert "how-to-share" in walked(name).questions


@pytest.mark.parametrize("name", sorted(set(CASES) - set(SHARING)))
def test_no_other_outcome_asks_how_unless_the_decision_departs(name: str) -> None:
    dialog = walked(name)

    assert dialog.recorded is not None
    assert ("how-to-share" in dialog.questions) == (
        dialog.recorded.decision in {"share", "refer"}
    )


def test_every_line_is_needed_below_level_4() -> None:
    lines = at_how_to_share().prompt.fields

    assert {line.id for line in lines if line.required} >= REQUIRED


def test_nothing_is_needed_at_once_after_refer_now() -> None:
    lines = at_how_to_share(harm=True).prompt.fields

    assert {line.id for line in lines if line.required} <= {
        "method-because",
        "why-not-told",
    }


@pytest.mark.parametrize("method", ["other-email", "other"])
def test_an_insecure_way_is_challenged(method: str) -> None:
    dialog = at_how_to_share()

    with pytest.raises(AssertionError, match="method-because"):
        dialog.answer({**HOW_TO_SHARE, "method": method})

    dialog.answer({**HOW_TO_SHARE, "method": method, "method-because": "No other."})
    assert dialog.asked == "decision"


@pytest.mark.parametrize(
    "method", ["in-person", "phone", "secure-email", "secure-system", "post"]
)
def test_a_secure_way_is_not_challenged(method: str) -> None:
    dialog = at_how_to_share().answer({**HOW_TO_SHARE, "method": method})

    assert dialog.asked == "decision"


def test_ordinary_e_mail_is_recorded_as_e_mail() -> None:
    given = {**HOW_TO_SHARE, "method": "other-email", "method-because": "No other."}

    dialog = at_how_to_share().answer(given)

    assert dialog.answers["how-to-share"] == given


@pytest.mark.parametrize("safe", ["no", "not-sure"])
def test_nobody_is_told_where_telling_is_unsafe_or_unsure(safe: str) -> None:
    dialog = at_how_to_share(harm=True, **{"safe-to-tell": safe})
    line = next(one for one in dialog.prompt.fields if one.id == "tell-them")

    assert line.fixed == "not-told"
    with pytest.raises(AssertionError, match="this is fixed"):
        dialog.answer(HOW_TO_SHARE)


def test_the_fixed_line_is_in_the_record_without_being_answered() -> None:
    dialog = at_how_to_share(harm=True, **{"safe-to-tell": "no"})

    dialog.answer({})

    assert dialog.answers["how-to-share"] == {"tell-them": "not-told"}


def test_why_nobody_is_told_is_asked_where_it_is_a_choice() -> None:
    dialog = at_how_to_share()

    with pytest.raises(AssertionError, match="why-not-told"):
        dialog.answer({**HOW_TO_SHARE, "tell-them": "not-told"})


def test_why_nobody_is_told_is_not_asked_where_it_is_fixed() -> None:
    dialog = at_how_to_share(harm=True, **{"safe-to-tell": "no"})

    assert "why-not-told" in ids(dialog.prompt.fields)
    dialog.answer({"tell-them": "not-told"})
    assert dialog.asked == "decision"


def test_a_departing_decision_to_share_opens_the_screen_afterwards() -> None:
    decision = decides("share", **{"departing-because": "It helps."})

    dialog = follow(CONFIDENTIAL, {"purpose": "no", "decision": decision})

    assert dialog.questions[-2:] == ["decision", "how-to-share"]
    assert dialog.recorded is not None
    assert dialog.recorded.added
