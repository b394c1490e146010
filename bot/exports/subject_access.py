"""What a record says, for somebody who asks what is kept about them.

A request is answered by people: this only gathers, and marks what they must look at
before it goes out, because it may be about, or come from, somebody else. Nothing is
taken out here. It is a zip of a readable page, the exact JSON and the list to review.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.exports.table import guarded
from bot.filing import Filing
from bot.privacy.details import IN_WORDS
from bot.privacy.guard import IdentityGuard

COLUMNS: Final = ("where", "label", "words", "why it must be reviewed", "decision")
_OTHERS: Final[Mapping[str, str]] = {
    "partners": "is about somebody else",
    "views": "gives the views of others",
    "others-at-risk": "is about other children",
    "provider-told": "is about another agency",
    "with-whom": "names who received it",
    "because": "is the practitioner's opinion",
    "from-role": "says who advised",
    "advice": "is the words of an adviser",
    "tell-whom": "says who is safe to tell",
    "responsibility-known-from": "is about a person with parental responsibility",
}
"""Lines that are about, or come from, somebody else by what they ask."""
_README: Final = """\
SUBJECT ACCESS: FOR REVIEW BEFORE ANYTHING IS SENT

Record {reference}. Information governance handles the request; the clock has started.

record.pdf      the record as people read it
record.json     the exact record, with the guidance it was made under
to-review.csv   every text that somebody wrote, and why it must be looked at

Look at each line of to-review.csv. What is about somebody else, came from another
agency in confidence, or could put anyone at risk may have to be left out; write what
was decided in the last column. Nothing has been taken out of these files.
"""


@dataclass(frozen=True, slots=True)
class ToReview:
    """One text that somebody has to look at.

    Attributes:
        where: the question it answers, or ``advice``.
        why: reasons, in words.
    """

    where: str
    label: str
    words: str
    why: tuple[str, ...]


def to_review(filing: Filing, guard: IdentityGuard) -> Iterator[ToReview]:
    """Yield every free text of a record with the reasons to look at it."""
    for where, line, label, words in _texts(filing):
        why = [f"it {_OTHERS[line]}"] if line in _OTHERS else []
        kinds = guard.kinds((words,))
        if kinds:
            why.append(f"it holds {', '.join(IN_WORDS[kind] for kind in kinds)}")
        yield ToReview(where, label, words, tuple(why or ("somebody wrote it freely",)))


def _texts(filing: Filing) -> Iterator[tuple[str, str, str, str]]:
    """Yield question, line, label and words of what was written freely."""
    body: Mapping[str, Any] = filing.row.body
    for one in body["questions"]:
        if isinstance(one["answer"], Mapping):
            yield from _of_a_form(filing, one)
    for advice in body["advice"]:
        for line in ("from-role", "advice"):
            yield "advice", line, line, str(advice.get(line, ""))
    for late in filing.later:
        for label, words in late.pairs:
            yield "afterwards", "", label, words


def _of_a_form(
    filing: Filing, one: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    question = str(one["question"])
    labels = {str(words): str(label) for label, words in one["in-words"]}
    for line, words in one["answer"].items():
        if isinstance(words, str) and _free(filing, question, line):
            yield question, str(line), labels.get(words, str(line)), words


def _free(filing: Filing, question: str, line: str) -> bool:
    """Say whether a line takes free text; without the pack, every line may."""
    if filing.pack is None:
        return True
    fields = filing.pack.flow.questions[question].fields
    return line in fields and fields[line].asks.value == "text"


def pack_for_subject(
    filing: Filing, guard: IdentityGuard, pdf: bytes, bundle: str
) -> bytes:
    """Return the zip.

    Args:
        filing: the decision with what belongs to it.
        guard: finds details that may be about others.
        pdf: the readable copy.
        bundle: the exact copy.
    """
    review = io.StringIO()
    writer = csv.writer(review, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in to_review(filing, guard):
        cells = (one.where, one.label, one.words, "; ".join(one.why), "")
        writer.writerow([guarded(cell) for cell in cells])
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            _entry("READ-FIRST.txt"), _README.format(reference=filing.row.reference)
        )
        packed.writestr(_entry("record.pdf"), pdf)
        packed.writestr(_entry("record.json"), bundle)
        packed.writestr(_entry("to-review.csv"), review.getvalue())
    return sink.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    # A fixed day, so that the same record gives the same bytes; readable by its owner.
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o600 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
