"""Loads a pack: all its files at once, or every problem at once.

A pack is a folder of text. Loading checks the shape of each file, every name
that one part uses of another, and every passage against the source text, and
either returns a whole :class:`~knowledge.model.Pack` or raises
:class:`~knowledge.problems.PackError` with all that is wrong. The pack's hash
is taken over its files, so the same files are the same version everywhere.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from knowledge.cases import read_cases
from knowledge.flow import FlowReader
from knowledge.model import Document, Notice, Pack, Passage, Phrases
from knowledge.problems import PackError, Problem, did_you_mean
from knowledge.reviews import last_day
from knowledge.shape import (
    FlowShape,
    NoticeShape,
    PackShape,
    PassageShape,
    PhrasesShape,
    ShapeT,
    shaped,
)
from knowledge.source import Fault, SourceText, fold
from knowledge.yaml_text import MAX_BYTES, Node, read_guidance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from knowledge.model import Case, Flow

FILES: Final = (
    "pack.yaml",
    "passages.yaml",
    "notices.yaml",
    "flow.yaml",
    "phrases.yaml",
)
"""The YAML files every pack has, in the order in which they are read."""
OPTIONAL: Final = ("safety.yaml",)
"""YAML files a pack may have as well."""
CASES: Final = "cases.csv"
"""The table of cases that a pack may have."""
QUOTATION_MARKS: Final = '\u201c\u201d\u201e\u00ab\u00bb"'
"""Marks that only the document's own words may stand between."""


def read_files(folder: Path) -> dict[str, str]:
    """Read the files of a pack's folder.

    Raises:
        PackError: The folder or a file cannot be read, is a link, is too large
            or is not UTF-8.
    """
    problems: list[Problem] = []
    if not folder.is_dir():
        raise PackError(
            [Problem(str(folder), 1, 1, "there is no such pack", "check the name")]
        )
    files: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in {".yaml", ".txt", ".csv"}:
            continue
        text = read_file(path, problems)
        if text is not None:
            files[path.name] = text
    if problems:
        raise PackError(problems)
    return files


def read_file(path: Path, problems: list[Problem]) -> str | None:
    """Return the text of a knowledge file, or None with a problem added."""
    if path.is_symlink() or not path.is_file():
        what = "is a link or not a file"
        problems.append(Problem(str(path), 1, 1, what, "put the file itself here"))
        return None
    raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    if raw is None:
        what = f"the file is larger than {MAX_BYTES} bytes"
        problems.append(Problem(str(path), 1, 1, what, "split or shorten it"))
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "is not UTF-8 text"
        problems.append(Problem(str(path), line, 1, what, "save it as UTF-8"))
        return None


def content_hash(files: Mapping[str, str]) -> str:
    """Return the SHA-256, in hexadecimal, over the names and texts of a pack."""
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name].encode()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def load_folder(folder: Path) -> tuple[Pack, dict[str, str]]:
    """Load the pack in a folder; also return its files, which are the version.

    Raises:
        PackError: Anything at all is wrong with it.
    """
    files = read_files(folder)
    return load(files, where=f"{folder}/"), files


def load(files: Mapping[str, str], *, where: str = "") -> Pack:
    """Load a pack from its files.

    Args:
        files: Text by file name.
        where: Put before file names in problems, such as the folder.

    Raises:
        PackError: Anything at all is wrong with it.
    """
    return _Loader(files, where).load()


class _Loader:
    """Loads one pack; collects every problem instead of stopping."""

    def __init__(self, files: Mapping[str, str], where: str) -> None:
        self.files = files
        self.where = where
        self.problems: list[Problem] = []
        self.nodes: dict[str, Node] = {}

    def load(self) -> Pack:
        """Load everything, or raise with everything that is wrong."""
        for name in FILES:
            self._node(name)
        files = (*FILES, *OPTIONAL, CASES)
        for name in self.files:
            if not name.endswith(".txt") and name not in files:
                what = f"{name} is no file of a pack"
                self.fault(name, (), what, did_you_mean(name, files))
        head = self._shaped(PackShape, "pack.yaml")
        self._days(head)
        source = self._source(head)
        passages = self._passages(source)
        notices = self._notices(passages)
        phrases = self._phrases()
        flow_shape = self._shaped(FlowShape, "flow.yaml")
        if flow_shape is None or head is None or phrases is None:
            raise PackError(self.problems)
        flow = FlowReader(
            self.where + "flow.yaml",
            self.nodes["flow.yaml"],
            flow_shape,
            passages=passages,
            notices=notices,
            problems=self.problems,
        ).read()
        cases = self._cases(flow, passages)
        if self.problems:
            raise PackError(self.problems)
        return Pack(
            id=head.id,
            title=head.title,
            hash=content_hash(self.files),
            jurisdiction=head.jurisdiction,
            document=Document(
                head.document.title,
                head.document.publisher,
                head.document.edition,
                head.document.published,
                head.document.review_due,
            ),
            owner=head.owner,
            deputies=tuple(head.deputies),
            review_due=head.review_due,
            licence=head.licence,
            signed_off_by=head.signed_off_by,
            signed_off_on=head.signed_off_on,
            trial_notice=head.trial_notice,
            passages=passages,
            notices=notices,
            flow=flow,
            phrases=phrases,
            cases=cases,
            in_force_from=head.in_force_from,
            in_force_to=head.in_force_to,
            superseded_by=head.superseded_by.rstrip("."),
        )

    def fault(
        self, name: str, path: tuple[str | int, ...], what: str, write: str = ""
    ) -> None:
        """Add a problem at ``path`` of a file."""
        node = self.nodes.get(name)
        line, column = node.position(*path) if node else (1, 1)
        self.problems.append(Problem(self.where + name, line, column, what, write))

    def _days(self, head: PackShape | None) -> None:
        """Check the days of a pack's head: each is told with every quotation."""
        if head is None:
            return
        for path, written in (
            (("document", "review-due"), head.document.review_due),
            (("review-due",), head.review_due),
            (("in-force-from",), head.in_force_from),
            (("in-force-to",), head.in_force_to),
        ):
            if written and not _is_day(written):
                write = "write it as year-month or year-month-day, such as 2027-01-31"
                self.fault("pack.yaml", path, f"{written} is no date", write)

    def _node(self, name: str) -> None:
        if name not in self.files:
            self.fault(name, (), f"the pack has no {name}", "add it")
            return
        try:
            self.nodes[name] = read_guidance(self.where + name, self.files[name])
        except PackError as error:
            self.problems.extend(error.problems)

    def _shaped(self, shape: type[ShapeT], name: str) -> ShapeT | None:
        node = self.nodes.get(name)
        if node is None:
            return None
        return shaped(shape, self.where + name, node, self.problems)

    def _each(self, shape: type[ShapeT], name: str) -> dict[str, ShapeT]:
        """Shape each entry of a file that is one mapping of ids."""
        node = self.nodes.get(name)
        if node is None:
            return {}
        if node.entries is None:
            self.fault(name, (), "must be a mapping of ids", "write id: and its lines")
            return {}
        entries: dict[str, ShapeT] = {}
        for key, value in node.entries.items():
            found = shaped(shape, self.where + name, value, self.problems)
            if found is not None:
                entries[key] = found
        return entries

    def _cases(self, flow: Flow, passages: Mapping[str, Passage]) -> tuple[Case, ...]:
        text = self.files.get(CASES)
        if text is None:
            return ()
        return read_cases(self.where + CASES, text, flow, passages, self.problems)

    # ---- source and passages ----------------------------------------------

    def _source(self, head: PackShape | None) -> SourceText | None:
        if head is None:
            return None
        name = head.source.file
        if "/" in name or "\\" in name or name not in self.files:
            what = f"the source {name} is no file of this pack"
            self.fault("pack.yaml", ("source", "file"), what, "name a file beside it")
            return None
        text = self.files[name]
        found = hashlib.sha256(text.encode()).hexdigest()
        if found != head.source.sha256:
            what = "the source text is not the one this pack was checked against"
            write = f"restore it, or after checking the new text write {found}"
            self.fault("pack.yaml", ("source", "sha256"), what, write)
        source = SourceText.read(text, head.source.headings)
        for index, heading in enumerate(head.source.headings):
            if heading in source.missing_headings:
                what = "this heading does not stand in the source, in this order"
                write = "write it as the source has it, on lines of its own"
                self.fault("pack.yaml", ("source", "headings", index), what, write)
        return source

    def _passages(self, source: SourceText | None) -> dict[str, Passage]:
        passages: dict[str, Passage] = {}
        for key, shape in self._each(PassageShape, "passages.yaml").items():
            # Line ends are kept, because a list of items is read as a list.
            parts = [fold(part) for part in shape.text.splitlines()]
            text = "\n".join(part for part in parts if part)
            lead_in = fold(shape.lead_in)
            if source is None:
                continue
            fault = source.check(text, lead_in or None)
            if fault is not None:
                self._passage_fault(key, shape, fault)
                # Kept by name only, so that nobody is told it does not exist.
            digest = hashlib.sha256(f"{lead_in}\n{text}".encode()).hexdigest()
            section = "" if fault else source.headings_above(text)
            passages[key] = Passage(
                key,
                text,
                lead_in,
                section,
                shape.sic,
                digest,
                asked_as=tuple(_typed(words) for words in shape.asked_as),
            )
        return passages

    def _passage_fault(self, key: str, shape: PassageShape, fault: Fault) -> None:
        about_lead_in = fault.kind.startswith("lead-in") and shape.lead_in
        path = (key, "lead-in" if about_lead_in else "text")
        write = f"the nearest true text is: {fault.nearest}" if fault.nearest else ""
        self.fault("passages.yaml", path, f"{key}: {fault.message}", write)

    # ---- notices and phrases ----------------------------------------------

    def _notices(self, passages: Mapping[str, Passage]) -> dict[str, Notice]:
        notices: dict[str, Notice] = {}
        for key, shape in self._each(NoticeShape, "notices.yaml").items():
            if any(mark in shape.text for mark in QUOTATION_MARKS):
                what = f"{key} is in our words and carries a quotation mark"
                self.fault("notices.yaml", (key, "text"), what, "put it in our words")
            if not _is_day(shape.expires):
                write = "write it as year-month-day, such as 2027-01-31"
                what = f"{shape.expires} is no date"
                self.fault("notices.yaml", (key, "expires"), what, write)
            for index, passage in enumerate(shape.about):
                if passage not in passages:
                    write = did_you_mean(passage, passages)
                    what = f"{passage} is no passage"
                    self.fault("notices.yaml", (key, "about", index), what, write)
            notices[key] = Notice(
                key,
                shape.kind,
                fold(shape.text),
                tuple(shape.about),
                shape.written,
                shape.by,
                fold(shape.source),
                shape.confidence,
                shape.expires,
            )
        return notices

    def _phrases(self) -> Phrases | None:
        shape = self._shaped(PhrasesShape, "phrases.yaml")
        if shape is None:
            return None
        return Phrases(
            danger=tuple(_words(phrase) for phrase in shape.danger),
            data_protection=tuple(_words(phrase) for phrase in shape.data_protection),
            answers={
                key: tuple(_typed(word) for word in words)
                for key, words in shape.answers.items()
            },
            synonyms=tuple(
                tuple(_typed(word) for word in row) for row in shape.synonyms
            ),
            who_and_where=frozenset(_typed(word) for word in shape.who_and_where),
            avoid={_typed(words): fold(write) for words, write in shape.avoid.items()},
        )


def _is_day(written: str) -> bool:
    try:
        last_day(written)
    except ValueError:
        return False
    return True


def _typed(words: str) -> str:
    return " ".join(words.lower().replace("\u2019", "'").split())


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(_typed(phrase).split())
