"""Draws what leads see and fill in, and what practitioners hear of their alert.

Pure. An alert is one message, drawn from where it stands now; it names nobody and
tells no story. What somebody wrote is shown in a modal only, letter by letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from bot.alert_words import AlertFacts, clock, words_of
from bot.channels import own_words, record_words
from bot.channels.lead_words import (
    EVENTS_SHOWN,
    HAPPENED,
    HOW_IT_ENDED,
    lines_of,
    state_of,
)
from bot.channels.slack import blocks, modals, parts
from bot.channels.slack.blocks import Block, actions, button, paragraph, words
from bot.channels.slack.marks import LINE, PICK, SLACK, Mark
from bot.channels.slack.render import Message
from bot.climb import Happened
from bot.roles import Action
from dialogs.story import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.alerts import Entry, OpenedRecord
    from bot.directory import Directory
    from bot.news import News

_TEXT: Final = "A safeguarding alert waits for you. It names nobody."
_MOST_WRITTEN: Final = 3_000


def alert(body: Mapping[str, object]) -> Message:
    """Draw an alert of which nothing more may be seen than was promised."""
    told = words_of(AlertFacts.of(body))
    found = [blocks.header("title", told.title)]
    found += [blocks.rich("text", paragraph(words(line))) for line in told.lines]
    return Message(_TEXT, tuple(blocks.uniquely(found, "a")))


def case(
    entry: Entry, body: Mapping[str, object], person: str, directory: Directory
) -> Message:
    """Draw an alert as it stands, with what its reader can do now.

    Args:
        entry: The alert, as the reader may see it.
        body: What was promised; says as what the reader is told.
        person: Id of the reader.
        directory: Names of people.
    """
    row = entry.row
    whole = {
        **body,
        "alert": row.id,
        "urgency": row.urgency,
        "category": row.category,
        "raised_at": row.raised_at.isoformat(),
    }
    told = words_of(AlertFacts.of(whole))
    lines = lines_of(told, row)
    found = [blocks.header("title", told.title)]
    found += [blocks.rich("text", paragraph(words(line))) for line in lines]
    found.append(
        blocks.rich("state", paragraph(words(_state(entry, directory), bold=True)))
    )
    history = _history(entry, directory)
    if history:
        found.append(blocks.rich("history", blocks.listed(history)))
    pressed = _buttons(entry, person)
    if pressed:
        found.append(actions("case", *pressed))
    return Message(_TEXT, tuple(blocks.uniquely(found, f"a{row.version}")))


def _state(entry: Entry, directory: Directory) -> str:
    row = entry.row
    text = state_of(row)
    if row.owner:
        text = f"{text} It is with {directory.name_of(row.owner)}."
    if entry.offered_to:
        asked = directory.name_of(entry.offered_to)
        text = f"{text} {asked} was asked to take it over."
    return text


def _history(entry: Entry, directory: Directory) -> list[Block]:
    lines = []
    for one in entry.events[-EVENTS_SHOWN:]:
        what = HAPPENED.get(Happened(one.kind), one.kind)
        person = f"{directory.name_of(one.who)}: " if one.who else ""
        lines.append(paragraph(words(f"{clock(one.at)}: {person}{what}")))
    return lines


def _buttons(entry: Entry, person: str) -> list[Block]:
    row, mark = entry.row, str(Mark(entry.row.id))
    if row.state not in {"open", "acknowledged"}:
        return _if_may(entry, ((Action.READ_RECORD, "Read the record", "read"),), mark)
    first: tuple[tuple[Action, str, str], ...] = ()
    if entry.offered_to == person:
        first = ((Action.ACKNOWLEDGE, "Take it over", "accept"),)
    elif row.state == "open":
        first = ((Action.ACKNOWLEDGE, "Acknowledge", "acknowledge"),)
    mine = row.claimed and row.owner == person
    claim = () if mine else ((Action.CLAIM, "Take it on alone", "claim"),)
    rest = (
        (Action.ADVISE, "Advise", "advise"),
        (Action.READ_RECORD, "Read the record", "read"),
        (Action.HAND_OVER, "Hand over", "hand-over"),
        (Action.DECLARE_CONFLICT, "Not me", "not-me"),
        (Action.CLOSE, "Close", "close"),
    )
    found = _if_may(entry, (*first, *claim, *rest), mark)
    if first and found:
        found[0]["style"] = "primary"
    return found


def _if_may(
    entry: Entry, wanted: Iterable[tuple[Action, str, str]], mark: str
) -> list[Block]:
    confirm = "Say that this may be about you, or too near? Somebody else is told."
    return [
        button(text, f"dg:lead-{do}", mark, confirm=confirm if do == "not-me" else "")
        for action, text, do in wanted
        if action in entry.may
    ]


def queue(entries: Sequence[Entry], directory: Directory) -> list[Block]:
    """Draw a lead's queue for the home tab."""
    found = [blocks.header("queue", "Alerts that wait")]
    if not entries:
        return [*found, blocks.note("none", "None that you can see.")]
    for place, entry in enumerate(entries[:10]):
        row = entry.row
        title = words_of(AlertFacts.of(_facts(entry))).title
        told = f"{title}. Raised at {clock(row.raised_at)}. {_state(entry, directory)}"
        look = button("Look", f"dg:lead-look:{place}", str(Mark(row.id)))
        found += [
            blocks.rich("entry", paragraph(words(told))),
            actions("entry-do", look),
        ]
    return found


def _facts(entry: Entry) -> dict[str, object]:
    row = entry.row
    return {
        "alert": row.id,
        "urgency": row.urgency,
        "category": row.category,
        "raised_at": row.raised_at.isoformat(),
    }


# ---- what a lead fills in --------------------------------------------------------


Given: TypeAlias = "Mapping[str, object] | None"
"""What was filled in and is to stand there again; it goes back to the form that it came
from and nowhere else."""


def advise(alert_id: str, given: Given = None, asked: str = "") -> Block:
    """Draw the form in which advice is written.

    Args:
        alert_id: The alert.
        given: What was filled in and not taken.
        asked: What is asked about it before it is kept; empty for nothing.
    """
    body = [
        blocks.note("how", "Do not write names. Your words go to the practitioner."),
        blocks.entry(
            f"{LINE}words",
            "Your advice (required)",
            blocks.text_input(PICK, most=_MOST_WRITTEN),
        ),
        blocks.entry(
            f"{LINE}passage",
            "A passage to quote, by its name",
            blocks.text_input(PICK, long=False, most=20),
            hint="Such as GR1. You can leave it empty.",
            optional=True,
        ),
    ]
    body = [*modals.keeping(asked), *body]
    return _form("Advise", "advise", body, alert_id, given)


def hand_over(
    alert_id: str,
    people: Sequence[tuple[str, str]],
    given: Given = None,
    asked: str = "",
) -> Block:
    """Draw the form in which somebody is asked to take over.

    Args:
        alert_id: The alert.
        people: Id and name of those who can be asked; at least one.
        given: What was filled in and not taken.
        asked: What is asked about it before it is kept; empty for nothing.
    """
    options = [blocks.option(name, person) for person, name in people]
    body = [
        blocks.entry(f"{LINE}to", "To whom (required)", blocks.menu(PICK, options)),
        blocks.entry(
            f"{LINE}note",
            "What they need to know (required)",
            blocks.text_input(PICK, most=_MOST_WRITTEN),
            hint="Without names. It stays yours until they take it over.",
        ),
    ]
    body = [*modals.keeping(asked), *body]
    return _form("Hand over", "hand-over", body, alert_id, given)


def close(alert_id: str, given: Given = None, asked: str = "") -> Block:
    """Draw the form in which an alert is closed.

    Args:
        alert_id: The alert.
        given: What was filled in and not taken.
        asked: What is asked about it before it is kept; empty for nothing.
    """
    options = [blocks.option(text, code) for code, text in HOW_IT_ENDED.items()]
    body = [
        blocks.entry(
            f"{LINE}outcome", "How it ended (required)", blocks.radios(PICK, options)
        ),
        blocks.entry(
            f"{LINE}words",
            "A note",
            blocks.text_input(PICK, most=_MOST_WRITTEN),
            optional=True,
        ),
    ]
    body = [*modals.keeping(asked), *body]
    return _form("Close", "close", body, alert_id, given)


def _form(
    title: str, do: str, body: Sequence[Block], alert_id: str, given: Given
) -> Block:
    about, filled = str(Mark(alert_id)), modals.filled_in
    body = [filled(block, given or {}) for block in body]
    return blocks.modal(title, f"dg:lead-{do}", body, about=about, send=title)


def record(opened: OpenedRecord) -> Block:
    """Draw the record behind an alert; what was written stands letter by letter."""
    lines = [f"Begun at {clock(opened.started_at)}."]
    for part in opened.story.parts:
        lines.append("")
        if isinstance(part, Told):
            lines.append(part.ask)
            lines += [
                f"  {text}" if label == part.ask else f"  {label}: {text}"
                for label, text in part.words
            ]
        else:
            lines.append(f"The guidance indicated: {part.title}")
    for pairs in opened.story.advice:
        lines.append("")
        lines += [f"{label}: {text}" for label, text in pairs]
    for why in opened.disagreed:
        said = why or "no reason given"
        lines += ["", f"The practitioner disagrees with the advice: {said}"]
    body = [*_asker(opened), *_in_blocks("\n".join(lines))]
    return blocks.modal("The record", "dg:read", body[: modals.MOST_BLOCKS], send="")


def _asker(opened: OpenedRecord) -> list[Block]:
    """Return who asked, where they chose to be known: their name, and them in Slack."""
    channel, user = opened.asked_as
    if not user:
        return []
    told = [words("Asked by: ", bold=True)]
    if channel != SLACK:
        told.append(words(opened.asked_by))
    else:
        _, _, member = user.rpartition(":")
        named = [] if opened.asked_by == user else [words(f"{opened.asked_by}, ")]
        told += [*named, blocks.member(member)]
    return [blocks.rich("asked-by", paragraph(*told))]


def _in_blocks(text: str) -> list[Block]:
    found: list[Block] = []
    while text.strip() and len(found) < blocks.MOST_SELECT:
        at = len(text)
        if at > blocks.MOST_PLAIN:
            at = text.rfind("\n", 0, blocks.MOST_PLAIN) + 1 or blocks.MOST_PLAIN
        piece, text = text[:at], text[at:]
        if piece.strip():
            found.append(blocks.rich("record", paragraph(words(piece.rstrip("\n")))))
    return found


# ---- what a practitioner hears ----------------------------------------------------


def news(
    found: News, session: str, directory: Directory, *, hidden: bool = False
) -> Message:
    """Draw where the alert of a session stands, for whoever asked.

    Args:
        found: What is to be told, and whom to ring.
        session: Theirs.
        directory: The numbers to ring.
        hidden: Whether leads are not shown who they are, and could be.
    """
    body = _stands(found, directory)
    onwards = _onwards(session)
    if found.code == "advised":
        read = button("Read the advice", "dg:advice", str(Mark(session)))
        onwards = [{**read, "style": "primary"}, *_onwards(session, style="")]
    if hidden:
        onwards.append(_be_known(session))
    body.append(actions("always", *onwards))
    text = f"{found.title}. {parts.EMERGENCY}"
    return Message(text, tuple(blocks.uniquely(body, "n")))


def _stands(found: News, directory: Directory) -> list[Block]:
    body = [
        blocks.header("heading", found.title),
        blocks.rich("text", paragraph(words(found.text))),
    ]
    rung = [parts.number(one) for one in directory.ring(found.ring)]
    if rung:
        body.append(blocks.rich("numbers", blocks.listed(rung)))
    return body


def reminder(session: str) -> Message:
    """Remind a practitioner of a session with no decision."""
    told = (
        "You ticked signs of harm, and nothing is decided yet. Go on, or ask a person."
    )
    body = [
        blocks.header("heading", "A decision is still open"),
        blocks.rich("text", paragraph(words(told))),
        actions("always", *_onwards(session)),
    ]
    text = f"A decision is still open. {parts.EMERGENCY}"
    return Message(text, tuple(blocks.uniquely(body, "n")))


def advice(
    session: str,
    texts: Sequence[tuple[str, str]],
    *,
    was_read: bool = False,
    own: Sequence[Block] = (),
) -> Block:
    """Draw what leads advised, to be read and taken into the record.

    Args:
        session: The practitioner's session.
        texts: As what somebody advised, and their words.
        was_read: Whether it is in the record already.
        own: What they can do about it, from `own`.
    """
    body = [
        block
        for role, text in texts
        for block in (blocks.header("from", role), *_in_blocks(text))
    ]
    about, send = str(Mark(session)), "" if was_read else "I have read it"
    room = modals.MOST_BLOCKS - len(own)
    return blocks.modal(
        "Advice", "dg:advice", [*body[:room], *own], about=about, send=send
    )


def own(session: str, *, known: bool) -> list[Block]:
    """Return what a practitioner can do about advice, and about who they are.

    Args:
        session: Theirs.
        known: Whether they chose to be known to leads.
    """
    mark = str(Mark(session))
    pressed = [button(own_words.DISAGREE, "dg:own-disagree", mark)]
    if not known:
        pressed.append(_be_known(session))
    stands = own_words.KNOWN if known else own_words.HIDDEN
    return [
        blocks.note("own-how", own_words.STAGES, stands),
        actions("own", *pressed),
    ]


def _be_known(session: str) -> Block:
    text, sure = own_words.BE_KNOWN, own_words.SURE
    return button(text, "dg:own-known", str(Mark(session)), confirm=sure)


def disagree(session: str, given: str = "", asked: str = "") -> Block:
    """Draw the form in which somebody says why they disagree with advice.

    Args:
        session: Theirs.
        given: What they wrote and is to stand there again; it goes back to the form
            that it came from and nowhere else.
        asked: What is asked about it before it is kept; empty for nothing.
    """
    hint = f"{record_words.NO_NAMES} {own_words.EMPTY}"
    entry = blocks.entry(
        f"{LINE}words",
        own_words.WHY,
        blocks.text_input(PICK, most=_MOST_WRITTEN),
        hint=hint,
        optional=True,
    )
    body = [
        *modals.keeping(asked),
        blocks.note("how", own_words.STAGES),
        modals.filled_in(entry, {"words": given} if given else {}),
    ]
    title, send = own_words.DISAGREE, own_words.ASK
    about = str(Mark(session))
    return blocks.modal(title, "dg:own-disagree", body, about=about, send=send)


def next_of(title: str, text: str, found: News, directory: Directory) -> Block:
    """Say that something was done, and what happens next with the alert and by when.

    Args:
        title: What was done, in at most 24 characters.
        text: What it comes to; empty for nothing.
        found: Where the alert stands now.
        directory: The numbers to ring.
    """
    done = [blocks.rich("done", paragraph(words(text, bold=True)))] if text else []
    danger = blocks.note("danger", parts.EMERGENCY)
    body = [*done, *_stands(found, directory), danger]
    return blocks.modal(title, "dg:read", body, send="")


def _onwards(session: str, style: str = "primary") -> list[Block]:
    mark = str(Mark(session))
    return [
        button("Go on", "dg:go-on", mark, style=style),
        button("Talk to a person", "dg:person", mark),
        button("Emergency", "dg:emergency", mark, style="danger"),
    ]
