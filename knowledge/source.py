"""The text that a pack quotes, cut into the units that may be quoted.

A source is plain text taken out of a published document. This module finds its
headings, paragraphs, list items and sentences, and says of a passage whether it
occurs there word for word, whole, and with the words that lead into it. White space
is the only thing it forgives: the document's own errors stay as they are.
It reads no file and no YAML, knows no pack and decides nothing about a child.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from heapq import nlargest
from itertools import takewhile

# A block is finished when it ends so; otherwise a blank line after it is a flaw of
# the text extraction (the golden rules have one after their first line).
_FINISHED = (".", "?", "!", ":", ";", ")")
_CLOSING = "’”\"']"
# "i.e. whether" is not an end, because a small letter follows.
_SENTENCE_END = re.compile(r"[.?!][’”\"')\]]*(?= [A-Z0-9“‘\"'])")
_NUMBER = re.compile(r"\d{1,2}\. ")
_SECTION = re.compile(r"SECTION (\d+): ?")
# A lead-in that ends so says nothing without the list that follows it.
_LEADS_ON = (":", ";")

# How many likely runs of sentences are compared letter by letter, how many words
# longer than the passage such a run may be, and how many words of a passage are
# compared at all, so that a whole chapter pasted in does not stop the check for
# minutes. Ours, by trial on the first source, whose longest passage has 131 words.
_CANDIDATES = 5
_SPARE_WORDS = 12
_MOST_WORDS = 300
# Below this likeness (0 to 1, difflib) pointing at a difference only misleads.
_ALIKE = 0.6
# Words shown when a message points at a place, and those on either side of it.
_SHOWN_WORDS = 8
_EITHER_SIDE = 2


class FaultKind(StrEnum):
    """What is wrong with a passage; the values are stable and may be stored."""

    NOT_IN_SOURCE = "not-in-source"
    CUT_AT_START = "cut-at-start"
    CUT_AT_END = "cut-at-end"
    LEAD_IN_MISSING = "lead-in-missing"
    LEAD_IN_WRONG = "lead-in-wrong"
    LEAD_IN_UNCALLED_FOR = "lead-in-uncalled-for"


_CUTS = (FaultKind.CUT_AT_START, FaultKind.CUT_AT_END)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a passage may not be quoted as it is written.

    Attributes:
        kind: what is wrong.
        message: what is wrong and what to write instead, for the pack's author.
        nearest: the true text: the most similar run of whole sentences, the whole
            sentence that was cut, or the right lead-in. Empty if there is none.
    """

    kind: FaultKind
    message: str
    nearest: str


class BlockKind(StrEnum):
    """What a block of the source is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list item; places are offsets in the folded text.

    Attributes:
        kind: what it is.
        outset: where it begins, with a list number such as "4. " if it has one.
        start: where its own words begin, behind the list number.
        end: just behind its last character.
        sentences: (start, end) of each sentence, in order.
        lead_in: the words a reader needs before this item, else None.
    """

    kind: BlockKind
    outset: int
    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]
    lead_in: str | None = None

    @property
    def is_numbered(self) -> bool:
        """Whether it is an item with a list number."""
        return self.outset < self.start


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that has words: folded, its offset, how it was set on the page."""

    words: str
    start: int
    indented: bool
    after_gap: bool

    @property
    def end(self) -> int:
        return self.start + len(self.words)

    @property
    def begins_item(self) -> bool:
        return self.indented or _NUMBER.match(self.words) is not None


def fold(text: str) -> str:
    """Return the text with every run of white space made a single space."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source text, read once and then asked about passages.

    Attributes:
        folded: the whole text, white space folded to single spaces.
        blocks: its headings, paragraphs and items, in order.
        missing_headings: headings that were announced but do not stand, in their
            order, on lines of their own. The caller must refuse the source if any.
    """

    folded: str
    blocks: tuple[Block, ...]
    missing_headings: tuple[str, ...]

    @classmethod
    def read(cls, text: str, headings: Sequence[str]) -> "SourceText":
        """Cut a source text into blocks.

        Args:
            text: the source as published, with its line breaks and indents.
            headings: every heading, word for word and in order. They have to be
                told, because nothing in plain text marks them.
        """
        folded = fold(text)
        lines = _lines(text)
        heading_lines, missing = _find_headings(lines, headings)
        spans = _block_spans(lines, heading_lines)
        blocks = [_block(folded, kind, *span) for kind, *span in spans]
        return cls(folded, _with_lead_ins(folded, blocks), missing)

    def has(self, text: str) -> bool:
        """Say whether the text occurs in the source, white space apart.

        This alone does not make it fit to quote; `check` does.
        """
        return fold(text) in self.folded

    def check(self, text: str, lead_in: str | None) -> Fault | None:
        """Say what forbids quoting this text with this lead-in, or None.

        Args:
            text: the passage, as its pack has it.
            lead_in: the words shown before it, or None if it stands alone.

        Returns:
            The fault of the occurrence that comes closest, or None if the passage
            is word for word, whole, and led in as it is in the source.
        """
        wanted = fold(text)
        faults: list[Fault] = []
        for start in self._occurrences(wanted):
            fault = self._fault_at(start, start + len(wanted), lead_in)
            if fault is None:
                return None
            faults.append(fault)
        if not faults:
            return self._not_in_source(wanted)
        return min(faults, key=lambda fault: fault.kind in _CUTS)

    def headings_above(self, text: str) -> str:
        """Name the part of the document in which the text stands.

        Returns:
            For example "Section 3, Whose consent should be sought?"; the title of
            the section where it has no smaller heading above the text; empty if the
            text is not in the source or no heading stands above it.
        """
        wanted = fold(text)
        places = list(self._occurrences(wanted))
        # The words may also occur inside another sentence, which is not meant.
        whole = [place for place in places if self._begins_at(place)]
        return self._path_to((whole or places)[0]) if places else ""

    def _path_to(self, place: int) -> str:
        section, title = "", ""
        for block in self.blocks[: self._block_at(place) + 1]:
            words = self._words(block)
            numbered = _SECTION.match(words)
            if numbered:
                section, title = f"Section {numbered[1]}", ""
            if block.kind is BlockKind.HEADING:
                title = _as_title(words)
        return ", ".join(part for part in (section, title) if part)

    def _words(self, block: Block) -> str:
        return self.folded[block.start : block.end]

    def _occurrences(self, wanted: str) -> Iterator[int]:
        start = self.folded.find(wanted) if wanted else -1
        while start >= 0:
            yield start
            start = self.folded.find(wanted, start + 1)

    def _block_at(self, place: int) -> int:
        """Return the index of the block that holds the place."""
        return bisect_right(self.blocks, place, key=lambda block: block.outset) - 1

    def _begins_at(self, place: int) -> bool:
        """Say whether a sentence, or a block with its list number, begins here."""
        outset = self.blocks[self._block_at(place)].outset
        return place in (outset, self._sentence(place)[0])

    def _sentence(self, place: int) -> tuple[int, int]:
        """Return the sentence that holds the place."""
        sentences = self.blocks[self._block_at(place)].sentences
        return next(span for span in sentences if place < span[1])

    def _fault_at(self, start: int, end: int, lead_in: str | None) -> Fault | None:
        first, last = self._sentence(start), self._sentence(end - 1)
        whole = self.folded[min(start, first[0]) : last[1]]
        if not self._begins_at(start):
            whole = self.folded[first[0] : last[1]]
            return Fault(
                FaultKind.CUT_AT_START,
                f'The passage begins in mid-sentence. Begin at "{_first(whole)}".',
                whole,
            )
        if end != last[1]:
            return Fault(
                FaultKind.CUT_AT_END,
                f'The passage stops in mid-sentence. Go on to "{_last(whole)}".',
                whole,
            )
        return self._stops_short(start, end) or self._lead_in_fault(start, lead_in)

    def _stops_short(self, start: int, end: int) -> Fault | None:
        """Refuse a passage that ends in words which only lead into a list.

        "... is normally justified;" means something else without its grounds.
        """
        index = self._block_at(end - 1)
        lead = self._words(self.blocks[index])
        led = takewhile(lambda block: block.lead_in == lead, self.blocks[index + 1 :])
        list_end = max((block.end for block in led), default=end)
        ends_in_lead = end == self.blocks[index].end and lead.endswith(_LEADS_ON)
        if not ends_in_lead or list_end == end:
            return None
        whole = self.folded[start:list_end]
        return Fault(
            FaultKind.CUT_AT_END,
            "The passage stops before the list that it leads into. Go on with the "
            f'items that apply, at most to "{_last(whole)}".',
            whole,
        )

    def _lead_in_fault(self, start: int, lead_in: str | None) -> Fault | None:
        needed = self.blocks[self._block_at(start)].lead_in
        given = None if lead_in is None else fold(lead_in)
        if given == needed:
            return None
        if needed is None:
            return Fault(
                FaultKind.LEAD_IN_UNCALLED_FOR,
                "The passage is not an item that needs a lead-in. Remove lead-in.",
                "",
            )
        if given is None:
            return Fault(
                FaultKind.LEAD_IN_MISSING,
                "The passage is a list item and must be read with the words that "
                f"lead into it. Write lead-in: {needed}",
                needed,
            )
        return Fault(
            FaultKind.LEAD_IN_WRONG,
            f"Other words lead into this item. Write lead-in: {needed}",
            needed,
        )

    def _not_in_source(self, wanted: str) -> Fault:
        nearest, likeness = self._nearest(wanted)
        if likeness >= _ALIKE:
            advice = (
                f"{_first_difference(nearest, wanted)} Copy the source exactly, its "
                "errors too."
            )
        else:
            advice = (
                "Nothing in the source is much like it. Copy a whole sentence or "
                "list item from the source text."
            )
        return Fault(
            FaultKind.NOT_IN_SOURCE,
            f"The passage is not in the source word for word. {advice}",
            nearest,
        )

    def _nearest(self, text: str) -> tuple[str, float]:
        """Return the most similar run of whole sentences, and how alike (0 to 1)."""
        words = text.split()[:_MOST_WORDS]
        wanted = " ".join(words)
        likely = nlargest(_CANDIDATES, self._runs(Counter(words)))
        best, likeness = "", 0.0
        for _, start, end in likely:
            run = self.folded[-start:end]
            ratio = SequenceMatcher(None, run, wanted, autojunk=False).ratio()
            if ratio > likeness:
                best, likeness = run, ratio
        return best, likeness

    def _runs(self, wanted: Counter[str]) -> Iterator[tuple[float, int, int]]:
        """Give runs of sentences as (share of words in common, -start, end).

        The start is negative so that, of equals, the earlier run sorts higher.
        """
        spans = [span for block in self.blocks for span in block.sentences]
        most = wanted.total() * 3 // 2 + _SPARE_WORDS
        for number, (start, _) in enumerate(spans):
            for _, end in spans[number:]:
                run = Counter(self.folded[start:end].split())
                share = 2 * (run & wanted).total() / (run.total() + wanted.total())
                yield share, -start, end
                if run.total() > most:
                    break


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    offset, gap = 0, False
    for raw in text.splitlines():
        words = fold(raw)
        if not words:
            gap = True
            continue
        lines.append(_Line(words, offset, raw[0].isspace(), gap))
        offset, gap = offset + len(words) + 1, False
    return lines


def _find_headings(
    lines: Sequence[_Line], headings: Sequence[str]
) -> tuple[dict[int, int], tuple[str, ...]]:
    """Return {first line: line behind the last} of each heading, and the missing."""
    found: dict[int, int] = {}
    missing: list[str] = []
    searched_to = 0
    for heading in headings:
        wanted = fold(heading)
        for number in range(searched_to, len(lines)):
            behind = _heading_ends(lines, number, wanted)
            if behind is not None:
                found[number] = searched_to = behind
                break
        else:
            missing.append(heading)
    return found, tuple(missing)


def _heading_ends(lines: Sequence[_Line], number: int, wanted: str) -> int | None:
    """Return the line behind a heading that begins at this line, else None."""
    words = ""
    while number < len(lines) and not (words and lines[number].after_gap):
        words = f"{words} {lines[number].words}".lstrip()
        number += 1
        if words == wanted:
            return number
        if not wanted.startswith(f"{words} "):
            break
    return None


def _block_spans(
    lines: Sequence[_Line], headings: dict[int, int]
) -> list[tuple[BlockKind, int, int]]:
    """Return kind, start and end of each block; a list number still counts in."""
    spans: list[tuple[BlockKind, int, int]] = []
    number = 0
    after_heading = True
    while number < len(lines):
        line = lines[number]
        behind = headings.get(number, number + 1)
        if number in headings:
            spans.append((BlockKind.HEADING, line.start, lines[behind - 1].end))
        elif line.begins_item:
            spans.append((BlockKind.ITEM, line.start, line.end))
        elif after_heading or _is_finished_before(lines, number):
            spans.append((BlockKind.PARAGRAPH, line.start, line.end))
        else:
            kind, start, _ = spans[-1]
            spans[-1] = (kind, start, line.end)
        after_heading = number in headings
        number = behind
    return spans


def _is_finished_before(lines: Sequence[_Line], number: int) -> bool:
    """Say whether a blank line before this line ends the block above it."""
    above = lines[number - 1].words
    return lines[number].after_gap and above.rstrip(_CLOSING).endswith(_FINISHED)


def _block(folded: str, kind: BlockKind, start: int, end: int) -> Block:
    """Make a block without its lead-in, its list number cut off."""
    marker = _NUMBER.match(folded, start) if kind is BlockKind.ITEM else None
    own = marker.end() if marker else start
    if kind is BlockKind.HEADING:
        # A heading may look like two sentences ("1. Introduction") and is never cut.
        return Block(kind, start, start, end, ((start, end),))
    ends = [match.end() for match in _SENTENCE_END.finditer(folded, own, end)]
    starts = [own, *(place + 1 for place in ends)]
    sentences = tuple(zip(starts, [*ends, end], strict=True))
    return Block(kind, start, own, end, sentences)


def _with_lead_ins(folded: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Give each item the words that lead into it.

    They are the nearest earlier item of the list that ends in a colon, else the
    heading or paragraph straight before the list. An item that ends in a colon opens
    a list of its own: it takes what stands before the list, not its sister's colon.
    Lines that are merely indented after a numbered item belong to no list above,
    unless that item ends in a colon: the extraction also indents where a page turned.
    """
    led: list[Block] = []
    above: str | None = None
    base: str | None = None
    colon: str | None = None
    for block in blocks:
        words = folded[block.start : block.end]
        opens = words if words.endswith(":") else None
        if block.kind is not BlockKind.ITEM:
            above = base = words
            colon = None
            led.append(block)
        elif block.is_numbered:
            base, colon = opens, None
            led.append(replace(block, lead_in=above))
        else:
            led.append(replace(block, lead_in=base if opens else colon or base))
            colon = opens or colon
    return tuple(led)


def _as_title(heading: str) -> str:
    """Present a heading: without SECTION n, its number in words, no last colon."""
    title = _SECTION.sub("", heading).rstrip(":; ")
    number = _NUMBER.match(title)
    if number is None:
        return title
    return f"part {number[0].rstrip('. ')}, {title[number.end() :]}"


def _first(text: str) -> str:
    words = text.split()
    return " ".join(words[:_SHOWN_WORDS]) + (" …" if len(words) > _SHOWN_WORDS else "")


def _last(text: str) -> str:
    words = text.split()
    return ("… " if len(words) > _SHOWN_WORDS else "") + " ".join(words[-_SHOWN_WORDS:])


def _first_difference(source: str, written: str) -> str:
    """Point at the first difference, with some words of each text around it."""
    theirs, yours = source.split(), written.split()
    matcher = SequenceMatcher(None, theirs, yours, autojunk=False)
    _, i, i_end, j, j_end = next(
        code for code in matcher.get_opcodes() if code[0] != "equal"
    )
    place = (
        f'The source has "{_around(theirs, i, i_end)}" where you have '
        f'"{_around(yours, j, j_end)}".'
    )
    return place + _lookalike(" ".join(theirs[i:i_end]), " ".join(yours[j:j_end]))


def _around(words: Sequence[str], start: int, end: int) -> str:
    first = max(0, start - _EITHER_SIDE)
    behind = min(end, start + _SHOWN_WORDS) + _EITHER_SIDE
    before = "…" if first > 0 else ""
    after = "…" if behind < len(words) else ""
    return before + " ".join(words[first:behind]) + after


def _lookalike(theirs: str, yours: str) -> str:
    """Name two differing characters that an eye may take for one another."""
    pair = next(((a, b) for a, b in zip(theirs, yours, strict=False) if a != b), None)
    if pair is None or all(character.isalnum() for character in pair):
        return ""
    mine, other = (unicodedata.name(character, "?").lower() for character in pair)
    return f" The first character to change: {mine}, not {other}."
