"""Draws the home tab, and the few screens that stand outside any session.

Pure. The home tab is seen by one person only, and still holds references and states
and no story: what was written is read in a modal, on demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels import record_words as say
from bot.channels.slack import blocks, parts
from bot.channels.slack.blocks import Block, actions, button, paragraph, words
from bot.channels.slack.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.directory import Directory
    from bot.guide import Unfinished
    from bot.ports import DecisionRow
    from dialogs.reply import Remark

TITLE: Final = "May I share this?"
WHAT_IT_IS: Final = (
    "This helps you find out whether you may share information to keep a child safe."
    " It asks one question at a time, quotes the document and keeps your decision with"
    " the reasons. It never decides: you do. It is a program, not a person."
)
RECORDED: Final = (
    "Recorded are your answers, what you write, the passages shown and the time. What"
    " you write in a form is not kept in Slack; what you type here is. Do not write"
    " names, dates of birth or addresses. Use roles, such as: the aunt."
)
_ON_CALL: Final = ("lead", "deputy", "manager")
_AT_ONCE: Final = ("emergency", "police", "social-care", "social-care-out-of-hours")
_SHOWN: Final = 10
"""Decisions listed in the home tab, newest first. Ours."""


def home(  # noqa: PLR0913 -- one each of what stands there
    unfinished: Sequence[Unfinished],
    decisions: Sequence[DecisionRow],
    directory: Directory,
    queue: Sequence[Block] = (),
    *,
    caution: Remark | None = None,
    corrects: bool = False,
) -> Block:
    """Draw the home tab.

    Args:
        unfinished: Sessions the person can go on with.
        decisions: Their decisions, newest first.
        directory: The numbers to ring.
        queue: What waits for a lead or an administrator, drawn.
        caution: What every screen says; None where there is nothing.
        corrects: Whether decisions can be corrected here.
    """
    body = [
        blocks.header("title", TITLE),
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        *parts.remarks([caution] if caution else ()),
        blocks.rich("what", paragraph(words(WHAT_IT_IS))),
        actions("begin", *_begin()),
        *queue,
        *_unfinished(unfinished),
        *_decisions(decisions, corrects=corrects),
        *on_call(directory),
        blocks.note("recorded", RECORDED),
    ]
    return {"type": "home", "blocks": blocks.uniquely(body[:100], "h")}


def _begin() -> list[Block]:
    return [
        button("Start", "dg:start", str(Mark()), style="primary"),
        button("Ask the guidance", "dg:ask", str(Mark())),
        button("Emergency: whom to ring", "dg:oncall", str(Mark()), style="danger"),
    ]


def _unfinished(found: Sequence[Unfinished]) -> list[Block]:
    if not found:
        return []
    body = [blocks.header("unfinished", "Not finished")]
    for place, one in enumerate(found):
        day = f"{one.started_at:%Y-%m-%d %H:%M} UTC"
        told = f"Begun {day}. It stands at: {one.ask or 'not known'}"
        go_on = button("Go on", f"dg:go-on:{place}", str(Mark(one.session)))
        body += [
            blocks.rich("session", paragraph(words(told))),
            actions("session-do", go_on),
        ]
    return body


def _decisions(found: Sequence[DecisionRow], *, corrects: bool) -> list[Block]:
    body = [blocks.header("decisions", "My decisions")]
    if not found:
        return [*body, blocks.note("none", say.NO_DECISIONS)]
    for place, row in enumerate(found[:_SHOWN]):
        mark = str(Mark(row.reference))
        does = [button("Read", f"dg:record:{place}", mark)]
        if corrects:
            does.append(button(say.CORRECT, f"dg:record-correct:{place}", mark))
        body += [
            blocks.rich("decision", paragraph(words(say.own(row)))),
            actions("decision-do", *does),
        ]
    return body


def on_call(directory: Directory) -> list[Block]:
    """Draw whom to ring."""
    found = directory.ring((*_AT_ONCE, *_ON_CALL))
    return [
        blocks.header("on-call", "Whom to ring"),
        blocks.rich("numbers", blocks.listed(parts.number(one) for one in found)),
    ]


def begun() -> Block:
    """Draw what is said where a session was begun from elsewhere."""
    return {
        **blocks.modal("It is begun", "dg:read", _elsewhere(), send=""),
    }


def _elsewhere() -> list[Block]:
    text = (
        "It is in our direct conversation: open the Messages tab of this app. Nothing"
        " is shown in a channel."
    )
    return [
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        blocks.rich("text", paragraph(words(text))),
    ]


def entrance(unfinished: Sequence[Unfinished], caution: Remark | None = None) -> Block:
    """Draw what a shortcut opens: begin, go on, or ask."""
    body = [
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        *parts.remarks([caution] if caution else ()),
        blocks.rich("what", paragraph(words(WHAT_IT_IS))),
        blocks.note("copied", "Nothing of any message has been copied here."),
        actions("begin", *_begin()),
        *_unfinished(unfinished),
    ]
    return blocks.modal(TITLE, "dg:read", body, send="")


def whom_to_ring(directory: Directory) -> Block:
    """Draw the numbers in a modal."""
    body = [
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        *on_call(directory),
    ]
    return blocks.modal("Whom to ring", "dg:read", body, send="")
