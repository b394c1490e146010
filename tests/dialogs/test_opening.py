"""The first screen says how old the guidance is and who signed it off."""

from dataclasses import replace

import pytest

from tests.support.dialog import Dialog, a_session, an_engine, ids
from tests.support.packs import shipped_pack


def first_screen_of(*, signed_off_by: str = "", overview: bool = True) -> Dialog:
    """Start a session on a pack that was signed off, or has no overview notice."""
    pack = shipped_pack()
    notices = {
        key: notice
        for key, notice in pack.notices.items()
        if overview or key != "past-review"
    }
    changed = replace(pack, signed_off_by=signed_off_by, notices=notices)
    return a_session(an_engine(changed))


def test_a_pack_that_nobody_signed_off_is_for_trial_and_training_only() -> None:
    dialog = first_screen_of()

    assert ids(dialog.prompt.remarks)[:2] == ["trial", "past-review"]


def test_a_pack_that_was_signed_off_is_not_marked_as_a_trial() -> None:
    dialog = first_screen_of(signed_off_by="A safeguarding lead")

    assert "trial" not in ids(dialog.prompt.remarks)


def test_a_pack_without_a_notice_on_its_age_still_opens() -> None:
    dialog = first_screen_of(overview=False)

    assert ids(dialog.prompt.remarks) == ["trial", "not-current"]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_only_the_first_screen_says_so(answer: str) -> None:
    dialog = first_screen_of().answer(answer)

    assert {"trial", "past-review"}.isdisjoint(ids(dialog.prompt.remarks))
