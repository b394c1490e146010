import pytest

from dialogs.asking import Asking
from tests.support.dialog import TODAY
from tests.support.packs import shipped_pack

PACK = shipped_pack()


@pytest.fixture(scope="module")
def asking() -> Asking:
    return Asking(PACK, lambda: TODAY)


def test_an_answer_is_the_documents_own_words_with_section_and_edition(
    asking: Asking,
) -> None:
    (notice,) = asking.answer("can I tell the school without consent")

    assert notice.code == "found"
    assert notice.quotes[0].id == "GR4"
    for quote in notice.quotes:
        passage = PACK.passages[quote.id]
        assert (quote.text, quote.lead_in) == (passage.text, passage.lead_in)
        assert quote.section == passage.section
        assert "November 2015" in quote.edition


def test_what_has_changed_since_is_said_beside_the_quotation(asking: Asking) -> None:
    (notice,) = asking.answer("does data protection stop me")

    names = [remark.id for remark in notice.remarks]
    assert {"past-review", "dpa-1998-replaced"} <= set(names)
    assert names[0] == "trial"


def test_nothing_found_is_said_and_names_whom_to_ring(asking: Asking) -> None:
    (notice,) = asking.answer("parking permits for bicycles")

    assert notice.code == "nothing-found"
    assert notice.quotes == ()
    assert "Nothing found" in notice.text
    numbers = {number for todo in notice.todo for number in todo.numbers}
    assert {"lead", "information-governance", "social-care", "emergency"} <= numbers


@pytest.mark.parametrize(
    "asked",
    [
        "he has a knife, can I tell the school without consent",
        "she took pills who do I tell",
        "parking permits, and " + "very " * 200 + "he is being attacked",
    ],
)
def test_words_of_danger_are_answered_first_with_what_to_do_now(
    asking: Asking, asked: str
) -> None:
    first, second = asking.answer(asked)

    assert first.code == "emergency"
    assert "emergency" in first.todo[0].numbers
    assert second.code in {"found", "nothing-found"}


def test_outside_a_session_nobody_is_told_to_change_an_answer(asking: Asking) -> None:
    first, _ = asking.answer("he has a knife")

    assert "record-the-danger" not in {todo.id for todo in first.todo}


def test_words_of_ours_that_are_searched_are_never_shown(asking: Asking) -> None:
    (notice,) = asking.answer("whats a county lines threshold")

    passage = PACK.passages["S3-3"]
    assert "S3-3" in [quote.id for quote in notice.quotes]
    shown = repr(notice)
    assert not [words for words in passage.asked_as if words in shown]
