import re
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.load import content_hash, load, load_folder, read_files
from knowledge.problems import PackError
from knowledge.source import fold
from tests.support.packs import (
    SHIPPED,
    edited,
    line_of,
    problems_of,
    shipped_files,
    shipped_pack,
)


def text_of(passage: str) -> tuple[int, int]:
    """Return where the text of a passage begins and ends in passages.yaml."""
    text = shipped_files()["passages.yaml"]
    block = re.search(rf"(?m)^{passage}:\n(?:(?:  .*)?\n)*", text)
    assert block
    words = re.search(r"(?m)^  text: (?:>-\n)?((?:    .*\n|\n|\S.*\n)+)", block[0])
    assert words
    start = block.start() + words.start(1)
    return start, start + len(words[1].rstrip())


def with_text(passage: str, change: Callable[[str], str]) -> dict[str, str]:
    """Return the shipped files with the text of one passage changed."""
    files = shipped_files()
    start, end = text_of(passage)
    text = files["passages.yaml"]
    files["passages.yaml"] = text[:start] + change(text[start:end]) + text[end:]
    return files


def one_letter_off(passage: str) -> dict[str, str]:
    """Change one letter in the middle of a passage's text, in the file."""

    def change(words: str) -> str:
        at = next(i for i in range(len(words) // 2, len(words)) if words[i].isalpha())
        return words[:at] + ("q" if words[at] != "q" else "z") + words[at + 1 :]

    return with_text(passage, change)


def test_the_shipped_pack_loads_whole_with_its_age_and_state() -> None:
    pack = shipped_pack()

    assert pack.id == "derby-derbyshire-2015"
    assert pack.document.review_due == "2018-11"
    assert not pack.signed_off_by
    assert "trial and training only" in pack.trial_notice
    assert len(pack.passages) == 38


@pytest.mark.parametrize("passage", ["S3-1", "S3-3", "S3-9", "S3-11", "GR4", "S5-10"])
def test_one_changed_letter_keeps_the_pack_from_loading(passage: str) -> None:
    files = one_letter_off(passage)

    (problem,) = problems_of(files)

    first = line_of(files["passages.yaml"], rf"^{passage}:")
    assert problem.file == "passages.yaml"
    assert first < problem.line <= first + 6
    assert "nearest true text is: " in problem.write
    assert fold(shipped_pack().passages[passage].text)[:30] in problem.write


def test_a_passage_cut_in_mid_sentence_keeps_the_pack_from_loading() -> None:
    files = with_text("S3-2", lambda words: words[: words.index("but a lack")])

    (problem,) = problems_of(files)

    assert problem.file == "passages.yaml"
    first = line_of(files["passages.yaml"], "^S3-2:")
    assert first < problem.line <= first + 2
    assert "a lack of consent should never compromise" in problem.write


def test_a_list_item_without_its_lead_in_keeps_the_pack_from_loading() -> None:
    files = shipped_files()
    text = files["passages.yaml"]
    entry = text.index("\nS3-9:")
    at = text.index("  lead-in:", entry)
    files["passages.yaml"] = text[:at] + text[text.index("  text:", at) :]

    (problem,) = problems_of(files)

    assert problem.what.startswith("S3-9")
    assert "sexual activity of under 16 year olds" in problem.write


def test_a_changed_source_text_is_refused_by_its_hash() -> None:
    problems = problems_of(edited("source.txt", "Frazer", "Fraser"))

    assert any(
        problem.file == "pack.yaml" and "not the one" in problem.what
        for problem in problems
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "what", "write"),
    [
        (
            "flow.yaml",
            "      - else: safety-check\n",
            "      - else: saftey-check\n",
            "saftey-check is no question, outcome or fork",
            "did you mean safety-check?",
        ),
        (
            "flow.yaml",
            "in-danger: {danger: [yes, not-sure]}",
            "in-danger: {danger: [yess, not-sure]}",
            "yess is no answer to danger",
            "did you mean yes?",
        ),
        (
            "flow.yaml",
            "      - if: in-danger\n        to: act-now",
            "      - if: in-dangr\n        to: act-now",
            "in-dangr is no condition",
            "did you mean in-danger?",
        ),
        (
            "flow.yaml",
            "    quotes: [S3-1]\n    routes:\n      - if: in-danger",
            "    quotes: [S3-l]\n    routes:\n      - if: in-danger",
            "S3-l is no passage",
            "did you mean S3-",
        ),
        (
            "flow.yaml",
            "    notices: [under-13-scope]",
            "    notices: [under-13-skope]",
            "under-13-skope is no notice",
            "did you mean under-13-scope?",
        ),
        (
            "flow.yaml",
            "    numbers: [emergency, social-care, social-care-out-of-hours]",
            "    nmbers: [emergency]",
            "is not known here",
            "did you mean numbers?",
        ),
        (
            "flow.yaml",
            "  harm-ground:\n    safety-check:",
            "  harm-ground:\n    safty-check:",
            "safty-check is no question or word of a condition",
            "did you mean safety-check?",
        ),
        (
            "flow.yaml",
            "    - {competence.conclusion: competent}",
            "    - {competence.conclusoin: competent}",
            "conclusoin is no line of competence",
            "did you mean conclusion?",
        ),
        (
            "flow.yaml",
            "      - if: in-danger\n        to: act-now\n      - else: safety-check",
            "      - if: in-danger\n        to: act-now",
            "the last row must be else",
            "add - else: PLACE",
        ),
        (
            "flow.yaml",
            "    urgency: urgent\n    because: someone who works",
            "    urgency: urgnt\n    because: someone who works",
            "urgency",
            "'routine', 'today' or 'urgent'",
        ),
        (
            "notices.yaml",
            "This document is Version 2",
            "This “document” is Version 2",
            "carries a quotation mark",
            "put it in our words",
        ),
        (
            "pack.yaml",
            "owner: Not yet named",
            "",
            "owner is missing",
            "add it",
        ),
        (
            "flow.yaml",
            "  early-help: {safety-check: low-level}",
            "  early-help: early-help",
            "refers to itself",
            "untangle it",
        ),
    ],
)
def test_a_fault_names_its_place_and_what_to_write(
    file: str, old: str, new: str, what: str, write: str
) -> None:
    files = edited(file, old, new)

    problems = problems_of(files)

    found = [problem for problem in problems if what in problem.what]
    assert found, [str(problem) for problem in problems]
    assert write in found[0].write
    assert found[0].file == file
    assert found[0].line > 1 or what == "owner is missing"


def test_every_problem_of_every_file_is_told_at_once() -> None:
    files = edited("flow.yaml", "      - else: safety-check\n", "      - else: x1\n")
    files["notices.yaml"] = files["notices.yaml"].replace("GR1", "GR9", 1)
    files["pack.yaml"] = files["pack.yaml"].replace("owner: Not yet named", "")
    files["phrases.yaml"] += "\nextra: []\n"

    found = {problem.file for problem in problems_of(files)}

    assert {"notices.yaml", "pack.yaml", "phrases.yaml"} <= found


def test_a_missing_file_and_a_file_too_many_are_named() -> None:
    files = shipped_files()
    del files["phrases.yaml"]
    files["phrase.yaml"] = "a: b\n"

    told = " ".join(problem.what for problem in problems_of(files))

    assert "the pack has no phrases.yaml" in told
    assert "phrase.yaml is no file of a pack" in told


def test_a_source_outside_the_pack_is_not_read() -> None:
    files = edited("pack.yaml", "file: source.txt", "file: ../../secret.txt")

    told = " ".join(problem.what for problem in problems_of(files))

    assert "is no file of this pack" in told


def test_the_same_files_are_the_same_version_and_any_change_is_another() -> None:
    files = shipped_files()
    other = edited("flow.yaml", "Danger comes first.", "Danger comes  first.")

    assert content_hash(files) == content_hash(dict(reversed(files.items())))
    assert content_hash(files) != content_hash(other)
    assert load(other).hash == content_hash(other)


def test_links_and_large_files_in_a_pack_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").symlink_to(SHIPPED / "pack.yaml")
    (tmp_path / "flow.yaml").write_text("x" * 300_000)
    (tmp_path / "notices.yaml").write_bytes(b"a: b\n\xff\n")

    with pytest.raises(PackError) as error:
        read_files(tmp_path)

    told = str(error.value)
    assert "is a link" in told
    assert "larger than" in told
    assert "notices.yaml:2:1: is not UTF-8 text" in told


def test_a_pack_that_does_not_exist_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="there is no such pack"):
        load_folder(tmp_path / "nowhere")
