"""Decisions made through the real guide, with chosen words in every free line."""

from pathlib import Path
from typing import Final

from bot.exports.bundle import bundle
from bot.exports.paper import paper
from bot.filing import Filing, gather
from bot.guide import Guide
from bot.ports import Store
from dialogs.engine import Answer
from dialogs.reply import Prompt, Recorded
from tests.support.dialog import ADVISED, LATER
from tests.support.fakes import START
from tests.support.lines import USER, a_guide

PLAIN: Final = "Said so to the teacher."
HOSTILE: Final = {
    "formula": '=HYPERLINK("http://evil.example";"click")',
    "formula behind spaces": "\u200b\uff1d1+1",
    "markup": "#emph[x] $a^2$ *b* _c_ `d` \\ @ref <tag> [link](http://evil.example)",
    "code": '#eval("1") #read("/etc/passwd") #include "x" #pdf.attach("y")',
    "html": "<script>alert(1)</script> &amp; <!-- x -->",
    "mention": "<!channel> <@U1> <at>all</at>",
    "right to left": (
        "\u05e9\u05dc\u05d5\u05dd \u202egnp.exe\u202c \u0645\u0631\u062d\u0628\u0627"
    ),
    "emoji": "\U0001f600 \U0001f469\u200d\U0001f467 \u6f22\u5b57 \u26a0\ufe0f",
    "accents": "\u017burek, caf\u0065\u0301, Nguy\u1ec5n, \u0141\u00f3d\u017a",
    "lines": "one\ntwo\n\n\tthree",
    "quotes": "\"; DROP TABLE fact; -- ' \u201cx\u201d",
    "long": ("A" * 5_000 + " ") + "word " * 2_998 + "word",
}
"""Texts that a page, a spreadsheet or a reader could take for more than text."""


def decided(
    store: Store, words: str = PLAIN, *, user: str = USER, guide: Guide | None = None
) -> str:
    """Decide with these words in every free line, and return the reference."""
    guide = guide or a_guide(store)
    said = guide.start(user)
    answers: tuple[object, ...] = (
        *("no", ["low-level"], "own-initiative", "not-sure"),
        {"decision": "not-yet", "reasons": words},
    )
    for answer in answers:
        said = guide.move(said.session, user, Answer(answer, kept=True))
    said = guide.resume(said.session, user)
    rest: tuple[object, ...] = (
        {**ADVISED, "advice": words},
        *("yes", "yes", "yes", "no", "child"),
        {
            "child-view": "too-young",
            "responsible-view": "agrees",
            "responsibility-known-from": words,
        },
        "yes",
        {
            "what": words,
            "facts-and-opinion": words,
            "with-whom": "Health visitor, the clinic",
            "why": words,
            "accurate": "yes",
            "method": "phone",
            "tell-them": "told",
        },
        {"decision": "share", "reasons": words, "review-date": LATER},
    )
    for answer in rest:
        said = guide.move(said.session, user, Answer(answer, kept=True))
        assert isinstance(said.replies[-1], Prompt | Recorded), answer
    recorded = said.replies[-1]
    assert isinstance(recorded, Recorded)
    return recorded.reference


def filed(store: Store, reference: str) -> Filing:
    """Return what is kept of a decision."""
    with store.reading() as transaction:
        filing = gather(transaction, reference)
    assert filing is not None
    return filing


def printed(filing: Filing) -> bytes:
    """Return the PDF of a decision."""
    return paper(
        filing, bundle(filing, START), START, organisation="A Trust (fictional)"
    )


def secret_free(folder: Path, secret: str) -> bool:
    """Say whether no file in a folder holds a text."""
    return all(
        secret.encode() not in each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    )
