"""The only reader of YAML: text, mappings and lists, each with its position.

Everything is text: ``yes`` stays the word *yes* and ``12:30`` stays as typed.
Aliases, anchors, tags, duplicate keys, second documents and merge keys are
refused, and size and depth are capped before anything is built, so a file
made to hurt costs no more than an honest one. This module gives no meaning to
what it reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import yaml

from knowledge.problems import PackError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 256 * 1024
"""Largest knowledge file, in bytes; the shipped flow is about a fifth of it."""
MAX_DEPTH: Final = 24
"""Deepest nesting of mappings and lists."""

MOST_KNOWN: Final = 32
"""Most files of guidance whose nodes are kept, about five versions of a pack; one
of the largest has some MB. Ours."""

type_names: Final = {"text": "text", "list": "a list", "map": "a mapping"}

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """A piece of YAML and where it stands.

    Attributes:
        line: Line, from 1.
        column: Column, from 1.
        text: The words, where this is text.
        items: The parts, where this is a list.
        entries: The values by key, where this is a mapping, in file order.
        keys: The position of each key, as ``(line, column)``.
    """

    line: int
    column: int
    text: str | None = None
    items: list[Node] | None = None
    entries: dict[str, Node] | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """One of ``text``, ``list``, ``map``."""
        if self.text is not None:
            return "text"
        return "list" if self.items is not None else "map"

    def plain(self) -> object:
        """Return the value as ``str``, ``list`` and ``dict`` without positions."""
        if self.text is not None:
            return self.text
        if self.items is not None:
            return [item.plain() for item in self.items]
        return {key: value.plain() for key, value in (self.entries or {}).items()}

    def at(self, *path: str | int) -> Node:
        """Return the part at ``path``, or the nearest part above it that exists."""
        here = self
        for step in path:
            if here.items is not None and isinstance(step, int):
                if step >= len(here.items):
                    return here
                here = here.items[step]
            elif here.entries is not None and step in here.entries:
                here = here.entries[str(step)]
            else:
                return here
        return here

    def position(self, *path: str | int) -> tuple[int, int]:
        """Return line and column of the key or item at ``path``."""
        if path:
            above = self.at(*path[:-1])
            if above.entries is not None and path[-1] in above.keys:
                return above.keys[str(path[-1])]
        node = self.at(*path)
        return node.line, node.column


class _Builder:
    """Builds nodes from the parser's events without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._open: list[Node] = []
        self._key: list[tuple[str, tuple[int, int]] | None] = []

    def fault(self, event: yaml.Event, what: str, write: str) -> None:
        self.problems.append(Problem(self.name, *_place(event), what, write))

    def take(self, event: yaml.Event) -> None:
        """Take one event; raises PackError at once where going on is unsafe."""
        if isinstance(event, yaml.AliasEvent):
            self.fault(event, "an alias (*name) is not allowed here", "write it out")
            raise PackError(self.problems)
        if isinstance(event, yaml.ScalarEvent):
            self._marks(event)
            self._add(event, Node(*_place(event), text=event.value))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._marks(event)
            self._start(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._key.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self.fault(event, "a second document (---) begins here", "one file, one")
            raise PackError(self.problems)

    def _marks(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None) is not None:
            self.fault(event, "an anchor (&name) is not allowed here", "remove it")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.fault(event, f"a tag ({tag}) is not allowed here", "remove it")

    def _start(self, event: yaml.Event) -> None:
        if len(self._open) >= MAX_DEPTH:
            self.fault(
                event, f"nested deeper than {MAX_DEPTH} levels", "use fewer levels"
            )
            raise PackError(self.problems)
        node = Node(*_place(event))
        if isinstance(event, yaml.MappingStartEvent):
            node.entries = {}
        else:
            node.items = []
        self._add(event, node)
        self._open.append(node)
        self._key.append(None)

    def _add(self, event: yaml.Event, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        above = self._open[-1]
        if above.items is not None:
            above.items.append(node)
            return
        self._entry(event, above, node)

    def _entry(self, event: yaml.Event, above: Node, node: Node) -> None:
        waiting = self._key[-1]
        if waiting is None:
            if node.text is None:
                self.fault(event, "a key must be a word", "put the key in words")
                raise PackError(self.problems)
            self._key[-1] = (node.text, (node.line, node.column))
            return
        key, place = waiting
        self._key[-1] = None
        entries = above.entries if above.entries is not None else {}
        if key in entries or key == "<<":
            first = above.keys.get(key, place)[0]
            self.problems.append(
                Problem(
                    self.name,
                    *place,
                    f"the key {key} stands twice (first on line {first})"
                    if key != "<<"
                    else "merging (<<) is not allowed here",
                    "keep one of them" if key != "<<" else "write it out",
                )
            )
            return
        entries[key] = node
        above.keys[key] = place


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_LOADER)


def read_yaml(name: str, text: str) -> Node:
    """Read one YAML file as text with positions.

    Args:
        name: How the administrator knows the file; used in problems.
        text: The whole file.

    Raises:
        PackError: The file is too large, too deep, not YAML, or uses something
            that is refused; says where and what to write.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        what = f"the file has {size} bytes; at most {MAX_BYTES} are read"
        raise PackError([Problem(name, 1, 1, what, "split or shorten it")])
    builder = _Builder(name)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"not readable as YAML: {error.problem or error.context}"
        advice = "check indentation, colons and quotation marks near here"
        raise PackError(
            [*builder.problems, Problem(name, line, column, what, advice)]
        ) from None
    except yaml.YAMLError as error:
        what = f"not readable as YAML: {type(error).__name__}"
        advice = "remove characters that cannot be typed"
        raise PackError([Problem(name, 1, 1, what, advice)]) from None
    if builder.problems:
        raise PackError(builder.problems)
    if builder.root is None:
        raise PackError([Problem(name, 1, 1, "the file is empty", "fill it in")])
    return builder.root


@lru_cache(maxsize=MOST_KNOWN)
def read_guidance(name: str, text: str) -> Node:
    """Read a file of guidance or of rules like :func:`read_yaml`, and remember it.

    Versions of a pack differ in a few files, and checking, loading and proving one
    each read them. Nodes are never changed, so the same text gives the same nodes;
    what is refused is not remembered. Files about people are not read here, so that
    nothing of them is kept for longer than it is used.
    """
    return read_yaml(name, text)
