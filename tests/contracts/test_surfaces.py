"""Every surface displays the same, for every question and outcome of the pack."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from dialogs.engine import Ask, Emergency, Person
from dialogs.reply import Advice, Notice, Prompt, Recorded
from tests.support.cases import CASES
from tests.support.dialog import a_session
from tests.support.packs import shipped_pack
from tests.support.surfaces import SURFACES, Shown, Surface, meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FLOW: Final = shipped_pack().flow
PLACES: Final = (*FLOW.questions, *FLOW.outcomes)
SAME_EVERYWHERE: Final = pytest.mark.parametrize(
    "surface", SURFACES, ids=lambda one: one.name
)


@cache
def replies() -> Mapping[str, tuple[Shown, ...]]:
    """Return, for each place, every different reply that any case leads to."""
    found: dict[str, dict[str, Shown]] = {place: {} for place in PLACES}
    for case in CASES.values():
        dialog = a_session().follow(case.answers)
        for prompt in dialog.prompts:
            found[prompt.question].setdefault(_looks(prompt), prompt)
        for advice in dialog.advice_seen:
            found[advice.outcome].setdefault(_looks(advice), advice)
    return {place: tuple(each.values()) for place, each in found.items()}


def _looks(reply: Shown) -> str:
    """Tell replies apart by what is displayed of them."""
    return repr(list(meant(reply)))


def by_kind(items: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the displayed items of each kind, in order."""
    found: dict[str, list[str]] = {}
    for kind, text in items:
        found.setdefault(kind, []).append(text)
    # A terminal repeats the question above each line of a form, to people who hear one
    # line at a time; a page repeats a passage beside the line that it belongs to.
    for repeated in ("question", "quotation"):
        found[repeated] = list(dict.fromkeys(found.get(repeated, [])))
    return found


@pytest.mark.parametrize("place", PLACES)
def test_every_place_of_the_pack_is_reached_by_a_case(place: str) -> None:
    assert replies()[place]


@SAME_EVERYWHERE
@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_displayed_whole_and_in_order(surface: Surface, place: str) -> None:
    for reply in replies()[place]:
        shown = by_kind(iter(surface.items(reply)))

        assert shown == by_kind(meant(reply))


def notices() -> Iterator[Shown]:
    for move in (Emergency(), Person(), Ask("without consent"), Ask("parking")):
        dialog = a_session().do(move)
        yield from (one for one in dialog.replies if isinstance(one, Notice))
    dialog = a_session().do(Person())
    assert dialog.asked == "conflict"
    yield dialog.prompt
    dialog = a_session().follow(CASES["no purpose"].answers)
    assert isinstance(dialog.recorded, Recorded)
    yield dialog.recorded


@SAME_EVERYWHERE
def test_what_answers_a_request_is_displayed_whole(surface: Surface) -> None:
    for reply in notices():
        shown = by_kind(iter(surface.items(reply)))

        assert shown == by_kind(meant(reply))


@SAME_EVERYWHERE
def test_the_question_comes_before_its_choices(surface: Surface) -> None:
    for reply in replies()["danger"]:
        kinds = [kind for kind, _ in surface.items(reply)]

        assert isinstance(reply, Prompt)
        assert kinds.index("question") < kinds.index("why") < kinds.index("choice")


@SAME_EVERYWHERE
def test_what_to_do_comes_before_the_quotations_of_advice(surface: Surface) -> None:
    for reply in replies()["act-now"]:
        kinds = [kind for kind, _ in surface.items(reply)]

        assert isinstance(reply, Advice)
        assert kinds.index("instruction") < kinds.index("quotation")
