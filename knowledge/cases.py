"""Reads cases.csv: ways through a flow, named like policy, with what must result.

The table is edited in a spreadsheet or as text, so a byte order mark, any line
ends, and commas, semicolons or tabs between cells are understood. A cell is
text whatever it begins with; nothing in it is ever worked out. Only names and
answers are checked here: whether the flow does what a case says is found by
running it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from knowledge.model import Asks, Case, Does, Field, Flow, Question, Step, Urgency
from knowledge.problems import Problem, did_you_mean
from knowledge.yaml_text import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COLUMNS: Final = (
    "case",
    "duties",
    "answers",
    "outcome",
    "level",
    "alert",
    "passages",
)
"""The columns of the table; their order is free."""
LEVELS: Final = ("0", "1", "2", "3", "4")
MARKERS: Final = (Does.ADVICE, Does.RESUME, Does.TYPE, Does.ASK)
"""Steps that answer no question."""
_MARK: Final = "\ufeff"
_DUTY: Final = re.compile(r"S[1-5]-\d{1,2}|GR[1-7]")
_PIECE: Final = re.compile(r"[^\s,;]+")
_ALL: Final = "all "
_NO: Final = "remove it"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and where it begins, counted from 1."""

    text: str
    line: int
    column: int

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character of the cell."""
        before = self.text[:offset]
        breaks = before.count("\n")
        if breaks:
            return self.line + breaks, offset - before.rindex("\n")
        return self.line, self.column + offset


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a cell, stripped, and where in the cell it begins."""

    text: str
    offset: int


Row: TypeAlias = dict[str, Cell]
Lines: TypeAlias = dict[str, str | tuple[str, ...]]


def read_cases(
    name: str,
    text: str,
    flow: Flow,
    passages: Iterable[str],
    problems: list[Problem],
) -> tuple[Case, ...]:
    """Read a table of cases.

    Args:
        name: How the administrator knows the file; used in problems.
        text: The whole file.
        flow: The flow that the cases go through.
        passages: Ids of the passages that there are.
        problems: Filled with every problem found.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        what = f"the file is larger than {MAX_BYTES} bytes"
        problems.append(Problem(name, 1, 1, what, "remove cases that show nothing new"))
        return ()
    reader = _Reader(name, flow, frozenset(passages), problems)
    return tuple(reader.read(text))


class _Reader:
    """Reads one table; collects every problem instead of stopping."""

    def __init__(
        self,
        name: str,
        flow: Flow,
        passages: frozenset[str],
        problems: list[Problem],
    ) -> None:
        self.name = name
        self.flow = flow
        self.passages = passages
        self.problems = problems

    def fault(self, cell: Cell, offset: int, what: str, write: str = "") -> None:
        """Add a problem at a character of a cell."""
        self.problems.append(Problem(self.name, *cell.position(offset), what, write))

    def known(self, cell: Cell, at: _Piece, among: Iterable[str], kind: str) -> bool:
        """Say whether a word is known, adding a problem if it is not."""
        words = frozenset(among)
        if at.text in words:
            return True
        what = f"{at.text or 'nothing'} is no {kind}"
        self.fault(cell, at.offset, what, did_you_mean(at.text, words))
        return False

    # ---- the table ----------------------------------------------------------

    def read(self, text: str) -> Iterator[Case]:
        """Yield the cases that could be read."""
        seen: dict[str, int] = {}
        for row in self._rows(text):
            name = row["case"]
            if not name.text.strip():
                self.fault(name, 0, "this case has no name", "name it like policy")
                continue
            case = self._case(row)
            key = " ".join(case.name.casefold().split())
            if key in seen:
                what = f"the name stands twice (first on line {seen[key]})"
                self.fault(name, 0, what, "give each case a name of its own")
            seen.setdefault(key, name.line)
            yield case

    def _rows(self, text: str) -> Iterator[Row]:
        """Yield rows by column name, leaving out headings and empty rows."""
        records = [
            record
            for record in self._records(text)
            if any(cell.text.strip() for cell in record)
        ]
        if not records:
            self.problems.append(
                Problem(self.name, 1, 1, "the table is empty", _header())
            )
            return
        columns = self._columns(records[0])
        if columns is None:
            return
        for record in records[1:]:
            filled = [cell for cell in record if cell.text.strip()]
            if _is_heading(filled, record):
                continue
            for index, cell in enumerate(record):
                outside = index >= len(columns) or not columns[index]
                if outside and cell.text.strip():
                    self.fault(cell, 0, "this cell stands outside the columns", _NO)
            last = record[-1]
            blank = Cell("", last.line, last.column)
            yield {
                column: record[index] if index < len(record) else blank
                for index, column in enumerate(columns)
                if column
            }

    def _columns(self, header: Sequence[Cell]) -> list[str] | None:
        found = [cell.text.strip().lower() for cell in header]
        before = len(self.problems)
        for cell, column in zip(header, found, strict=True):
            piece = _Piece(column, 0)
            known = not column or self.known(cell, piece, COLUMNS, "column")
            if known and column and found.count(column) > 1:
                self.fault(cell, 0, f"the column {column} stands twice", _NO)
        missing = [column for column in COLUMNS if column not in found]
        if missing:
            what = f"the table has no column {', '.join(missing)}"
            self.fault(header[0], 0, what, _header())
        return found if len(self.problems) == before else None

    def _records(self, text: str) -> Iterator[list[Cell]]:
        lines = text.removeprefix(_MARK).replace("\r\n", "\n").replace("\r", "\n")
        skip, delimiter = _delimiter(lines)
        rows = lines.split("\n")
        reader = csv.reader(
            io.StringIO("\n".join(rows[skip:])), delimiter=delimiter, strict=True
        )
        begin = skip
        try:
            for record in reader:
                raw = "\n".join(rows[begin : skip + reader.line_num])
                yield list(_cells(record, raw, begin + 1, delimiter))
                begin = skip + reader.line_num
        except csv.Error:
            what = "a quotation mark in or after this row is not closed as it must be"
            write = 'write "" for a quotation mark inside a quoted cell'
            self.problems.append(Problem(self.name, begin + 1, 1, what, write))

    # ---- a case ---------------------------------------------------------------

    def _case(self, row: Row) -> Case:
        alert = _word(row["alert"])
        known = self.known(row["alert"], alert, list(Urgency), "alert")
        self.known(row["outcome"], _word(row["outcome"]), self.flow.outcomes, "outcome")
        level = _word(row["level"])
        has_level = self.known(row["level"], level, LEVELS, "level")
        return Case(
            name=" ".join(row["case"].text.split()),
            duties=self._words(row["duties"], "duty"),
            steps=tuple(self._steps(row["answers"])),
            outcome=_word(row["outcome"]).text,
            level=int(level.text) if has_level else 0,
            alert=Urgency(alert.text) if known else Urgency.NONE,
            passages=self._words(row["passages"], "passage"),
            line=row["case"].line,
        )

    def _words(self, cell: Cell, kind: str) -> tuple[str, ...]:
        """Read ids parted by spaces, commas or semicolons."""
        words = []
        for match in _PIECE.finditer(cell.text):
            piece = _Piece(match[0], match.start())
            if kind == "passage":
                self.known(cell, piece, self.passages, kind)
            elif not _DUTY.fullmatch(piece.text):
                what = f"{piece.text} is no duty of the document"
                self.fault(cell, piece.offset, what, "write S3-9, GR5 or the like")
            words.append(piece.text)
        return tuple(words)

    # ---- its steps ------------------------------------------------------------

    def _steps(self, cell: Cell) -> Iterator[Step]:
        pieces = [piece for piece in _split(_Piece(cell.text, 0), "|") if piece.text]
        if not pieces:
            self.fault(cell, 0, "the case answers nothing", "write danger: no | ...")
        for piece in pieces:
            step = self._step(cell, piece)
            if step is not None:
                yield step

    def _step(self, cell: Cell, piece: _Piece) -> Step | None:
        head, rest = _cut(piece, ":")
        if head.text in self.flow.questions:
            question = self.flow.questions[head.text]
            return Step(Does.ANSWER, question.id, self._answer(cell, question, rest))
        if not self.known(cell, head, (*self.flow.questions, *MARKERS), "question"):
            return None
        does = Does(head.text)
        words = does in {Does.TYPE, Does.ASK}
        if words != bool(rest.text):
            what = f"{does} needs words" if words else f"{does} takes no words"
            write = f"{does}: the words" if words else f"write {does} alone"
            self.fault(cell, piece.offset, what, write)
        return Step(does, "", rest.text)

    def _answer(
        self, cell: Cell, question: Question, rest: _Piece
    ) -> str | tuple[str, ...] | Lines:
        if question.asks == Asks.ONE:
            self.known(cell, rest, question.choices, f"answer to {question.id}")
            return rest.text
        if question.asks == Asks.MANY:
            return self._ticks(cell, rest, question.choices, question.id)
        if len(question.fields) == 1 and "=" not in rest.text:
            return {next(iter(question.fields)): rest.text} if rest.text else {}
        lines: Lines = {}
        single: set[str] = set()
        for piece in _split(rest, ","):
            if piece.text.startswith(_ALL):
                lines.update(self._all(cell, question, piece))
            elif piece.text:
                found = self._line(cell, question, piece)
                if not single.isdisjoint(found):
                    what = f"{piece.text} answers a line a second time"
                    self.fault(cell, piece.offset, what, _NO)
                single.update(found)
                lines.update(found)
        return lines

    def _ticks(
        self, cell: Cell, piece: _Piece, choices: Iterable[str], asked: str
    ) -> tuple[str, ...]:
        ticks = _split(piece, "+")
        for tick in ticks:
            self.known(cell, tick, choices, f"answer to {asked}")
        return tuple(tick.text for tick in ticks)

    def _all(self, cell: Cell, question: Question, piece: _Piece) -> Lines:
        """Read *all no*: every line that has this answer gets it."""
        wanted = piece.text.removeprefix(_ALL).strip()
        lines: Lines = {
            line.id: wanted
            for line in question.fields.values()
            if line.asks == Asks.ONE and wanted in line.choices
        }
        if not lines:
            among = {
                choice for line in question.fields.values() for choice in line.choices
            }
            offset = piece.offset + piece.text.rindex(wanted)
            self.known(cell, _Piece(wanted, offset), among, f"answer to {question.id}")
        return lines

    def _line(self, cell: Cell, question: Question, piece: _Piece) -> Lines:
        head, value = _cut(piece, "=")
        if not self.known(cell, head, question.fields, f"line of {question.id}"):
            return {}
        line = question.fields[head.text]
        return {head.text: self._value(cell, line, value, question.id)}

    def _value(
        self, cell: Cell, line: Field, value: _Piece, asked: str
    ) -> str | tuple[str, ...]:
        if line.asks == Asks.MANY:
            return self._ticks(cell, value, line.choices, f"{asked}.{line.id}")
        if line.asks == Asks.ONE:
            self.known(cell, value, line.choices, f"answer to {asked}.{line.id}")
        return value.text


def _stripped(text: str, offset: int) -> _Piece:
    return _Piece(text.strip(), offset + len(text) - len(text.lstrip()))


def _word(cell: Cell) -> _Piece:
    return _stripped(cell.text, 0)


def _split(piece: _Piece, separator: str) -> list[_Piece]:
    """Part a piece at a separator, keeping where each part begins."""
    parts = []
    offset = piece.offset
    for text in piece.text.split(separator):
        parts.append(_stripped(text, offset))
        offset += len(text) + len(separator)
    return parts


def _cut(piece: _Piece, separator: str) -> tuple[_Piece, _Piece]:
    """Part a piece at the first separator; the second part may be empty."""
    head, found, rest = piece.text.partition(separator)
    begin = piece.offset + len(head) + len(found)
    return _stripped(head, piece.offset), _stripped(rest, begin)


def _header() -> str:
    return f"begin with the row {','.join(COLUMNS)}"


def _is_heading(filled: Sequence[Cell], record: Sequence[Cell]) -> bool:
    """Say whether a row only heads the rows below it: one cell with a #."""
    return filled == [record[0]] and filled[0].text.lstrip().startswith("#")


def _delimiter(text: str) -> tuple[int, str]:
    """Return how many lines to skip, and what parts the cells.

    Some spreadsheets write a first line ``sep=;``; all write the columns in
    the next one, so whatever parts those parts the rest.
    """
    told = re.match(r'"?sep=([,;\t])"?[,;]*\n', text, re.IGNORECASE)
    if told:
        return 1, told[1]
    header = text.lstrip().partition("\n")[0]
    return 0, max((",", ";", "\t"), key=header.count)


def _cells(
    record: Sequence[str], raw: str, line: int, delimiter: str
) -> Iterator[Cell]:
    """Yield the cells of a record with the place where each begins."""
    starts = [0]
    quoted = False
    for index, letter in enumerate(raw):
        if letter == '"':
            quoted = not quoted
        elif letter == delimiter and not quoted:
            starts.append(index + 1)
    for index, text in enumerate(record):
        start = starts[min(index, len(starts) - 1)]
        start += raw[start : start + 1] == '"'
        before = raw[:start]
        column = start - (before.rindex("\n") + 1 if "\n" in before else 0) + 1
        yield Cell(text, line + before.count("\n"), column)
