"""Practitioners disagree with advice in Slack, and let leads see who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from bot.channels import own_words as say
from bot.channels.slack.app import NOT_SAVED
from bot.ports import Audit, StoreUnavailable
from tests.bot.channels.slack.test_leads import (
    NAMED,
    PLANTED,
    for_today,
    happened,
    in_danger,
    the_alert,
)
from tests.support.block_kit import complaints

if TYPE_CHECKING:
    from tests.support.slack import Slacker, Workspace

ASKED = "a name and a date of birth"


@pytest.fixture
def morgan(workspace: Workspace, ana: Slacker) -> Slacker:
    """Return the lead, who has advised Ana on something for today."""
    for_today(workspace, ana)
    lead = workspace.person("U0MORGAN")
    return lead.press("Advise").send(words="Wait a day.")


def reads_advice(person: Slacker) -> Slacker:
    """Open the advice; one that was told of another later is told below."""
    told = [one for one in person.messages if "Read the advice" in repr(one.blocks)]
    return person.press("Read the advice", message=told[-1])


def disagrees(person: Slacker) -> Slacker:
    """Open the form for why, from the advice."""
    reads_advice(person)
    assert person.modal
    return person.press_in(person.modal, say.DISAGREE)


def refusals(workspace: Workspace) -> list[object]:
    with workspace.store.reading() as transaction:
        logged = transaction.logged(kind=Audit.ACTION_REFUSED)
    return [(one.body or {})["user"] for one in logged]


def test_disagreeing_asks_the_adviser_again_and_then_the_next_person(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    tamsin = workspace.person("U0TAMSIN")

    disagrees(ana).send(words=PLANTED)
    workspace.deliver()
    first = ana.modal_shown
    ana.close()
    morgan.press("Advise").send(words="Still wait.")
    disagrees(ana).send(words=PLANTED)
    workspace.deliver()

    assert "Morgan Ellery, the safeguarding lead, is being told now" in first
    assert "Tamsin Okoro" in ana.modal_shown
    assert "should answer by" in ana.modal_shown
    assert the_alert(workspace).id in tamsin.shown
    assert happened(workspace).count("disagreed") == 2
    assert PLANTED not in repr(workspace.slack.messages)

    tamsin.press("Read the record")

    assert f"disagrees with the advice: {PLANTED}" in tamsin.modal_shown


@pytest.mark.usefixtures("morgan")
def test_a_third_time_they_are_given_a_number_outside(ana: Slacker) -> None:
    for _ in range(3):
        disagrees(ana).send()
        shown = ana.modal_shown
        ana.close()

    assert "Take your disagreement further" in shown
    assert "Safeguarding partnership, professional disagreements" in shown


@pytest.mark.usefixtures("morgan")
def test_everything_that_is_opened_is_within_slacks_limits(ana: Slacker) -> None:
    news = {"text": ana.message.text, "blocks": ana.message.blocks}
    disagrees(ana).send(words=NAMED)
    asked = ana.modal
    ana.send(words="It cannot wait.")
    done = ana.modal
    ana.close()
    advice = reads_advice(ana).modal

    for view in (news, asked, done, advice):
        assert view
        assert complaints(view) == []


@pytest.mark.usefixtures("morgan")
def test_a_name_in_why_is_asked_about_before_it_is_kept(
    workspace: Workspace, ana: Slacker
) -> None:
    disagrees(ana).send(words=NAMED)

    assert ASKED in ana.modal_shown
    assert "Amelia" in repr(ana.modal)
    assert "disagreed" not in happened(workspace)

    ana.send(words=NAMED, keep=["keep"])

    assert say.DISAGREED in repr(ana.modal)
    assert "disagreed" in happened(workspace)
    assert "Amelia" not in repr(workspace.slack.messages)


def test_a_name_in_why_is_not_asked_about_where_it_is_urgent(
    workspace: Workspace, ana: Slacker
) -> None:
    in_danger(workspace, ana)
    workspace.person("U0MORGAN").press("Advise").send(words="Wait a day.")

    disagrees(ana).send(words=NAMED)

    assert "disagreed" in happened(workspace)


@pytest.mark.usefixtures("morgan")
def test_a_form_sent_twice_disagrees_once(workspace: Workspace, ana: Slacker) -> None:
    sent = disagrees(ana).sent(words="It cannot wait.")

    workspace.post_at_once([sent, sent])

    assert happened(workspace).count("disagreed") == 1


@pytest.mark.usefixtures("morgan")
def test_advice_that_was_read_can_be_disagreed_with(
    workspace: Workspace, ana: Slacker
) -> None:
    reads_advice(ana).send()

    disagrees(ana).send()

    assert [one for one in happened(workspace) if one in {"read", "disagreed"}] == [
        "read",
        "disagreed",
    ]


@pytest.mark.usefixtures("morgan")
def test_what_could_not_be_saved_stays_in_the_form(
    ana: Slacker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise StoreUnavailable("OperationalError", "SQLITE_FULL")

    form = disagrees(ana)
    monkeypatch.setattr("bot.practitioner.Practitioners.disagree", full)

    form.send(words="It cannot wait.")

    assert form.errors == {"line:words": NOT_SAVED}


def test_a_lead_sees_who_asks_once_they_choose_it_and_not_before(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    before = morgan.press("Read the record").modal
    reads_advice(ana)
    assert ana.modal
    ana.press_in(ana.modal, say.BE_KNOWN)

    assert say.KNOWN in ana.modal_shown
    assert ana.modal
    assert complaints(ana.modal) == []
    workspace.deliver()
    assert "the practitioner let leads see who they are" in morgan.shown
    assert ana.user not in repr(morgan.messages)

    after = morgan.close().press("Read the record").modal

    assert before
    assert after
    assert ana.user not in repr(before["blocks"])
    assert {"type": "user", "user_id": ana.user} in after["blocks"][0]["elements"][0][
        "elements"
    ]
    assert complaints(after) == []


@pytest.mark.usefixtures("morgan")
def test_who_is_known_is_offered_it_no_more_and_it_counts_once(
    workspace: Workspace, ana: Slacker
) -> None:
    again = ana.pressing(say.BE_KNOWN)
    ana.press(say.BE_KNOWN).close().interact(again).close()

    reads_advice(ana)

    assert happened(workspace).count("identity-shown") == 1
    assert say.KNOWN in ana.modal_shown
    assert say.BE_KNOWN not in repr(ana.modal)


@pytest.mark.parametrize("words", [say.DISAGREE, say.BE_KNOWN])
@pytest.mark.usefixtures("morgan")
def test_nobody_does_it_for_another_and_that_is_logged(
    workspace: Workspace, ana: Slacker, words: str
) -> None:
    ben = workspace.person("U0BEN")
    view = reads_advice(ana).modal
    assert view

    ben.press_in(view, words)

    assert "There is no such session or record of yours." in ben.modal_shown
    assert not {"disagreed", "identity-shown"} & {*happened(workspace)}
    assert refusals(workspace) == [ben.name]


@pytest.mark.usefixtures("morgan")
def test_a_form_of_another_is_refused_and_logged(
    workspace: Workspace, ana: Slacker
) -> None:
    ben = workspace.person("U0BEN")
    view = disagrees(ana).modal
    assert view
    workspace.slack.views[ben.user] = [view]

    ben.send(words="Let me.")

    assert "There is no such session or record of yours." in ben.modal_shown
    assert "disagreed" not in happened(workspace)
    assert refusals(workspace) == [ben.name]
