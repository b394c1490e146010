"""Log lines hold codes and names of events, and nothing that anybody wrote."""

import ast
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.log import _EVENT, KEYS, NOT_LISTED, Lines, Log
from bot.ports import StoreUnavailable
from tests.support.packs import ROOT

SECRET = "Amelia Thornbury"  # noqa: S105 -- a mark to look for, not a password
MODULES = sorted((ROOT / "bot").rglob("*.py"))
QUIET = {"bot/log.py", "bot/channels/slack/app.py", "bot/channels/slack/doctor.py"}
"""The only modules that may touch `logging`: ours, and two that silence a library."""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written to stderr by a process that is configured."""
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(Lines())
    root, before = logging.getLogger(), logging.getLogger("lines").level
    root.addHandler(handler)
    logging.getLogger("lines").setLevel(logging.INFO)
    yield sink
    root.removeHandler(handler)
    logging.getLogger("lines").setLevel(before)


def written(sink: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_a_line_is_json_with_its_event_its_level_and_codes(
    lines: io.StringIO,
) -> None:
    Log("bot.delivery").error("delivery:send:failed", kind="TimeoutError")

    (line,) = written(lines)
    assert line.pop("at")
    assert line == {
        "event": "delivery:send:failed",
        "level": "error",
        "kind": "TimeoutError",
    }


def test_an_error_is_told_by_its_type_and_the_databases_code(
    lines: io.StringIO,
) -> None:
    log = Log("bot.x")
    log.failed("slack:turn:not-saved", StoreUnavailable("OperationalError", "40P01"))
    log.failed("slack:turn:not-saved", ValueError(SECRET))
    worded = ValueError(SECRET)
    worded.code = SECRET  # type: ignore[attr-defined]  # as an error of a library may
    log.failed("slack:turn:not-saved", worded)

    database, *others = written(lines)
    assert (database["kind"], database["code"]) == ("StoreUnavailable", "40P01")
    assert [set(one) for one in others] == [{"at", "event", "level", "kind"}] * 2


def test_a_key_that_is_not_listed_is_dropped(lines: io.StringIO) -> None:
    Log("bot.x").info("teams:card:not-updated", body=SECRET, code="404")

    (line,) = written(lines)
    assert set(line) == {"at", "event", "level", "code"}


@pytest.mark.parametrize("value", [SECRET, "a\nb", "", "x" * 200, "=1+1", "a@b.org"])
def test_a_value_that_is_no_code_is_dropped_under_any_key(
    lines: io.StringIO, value: str
) -> None:
    Log("bot.x").warning("slack:payload:odd", code=value)

    (line,) = written(lines)
    assert set(line) == {"at", "event", "level"}


def test_words_in_the_place_of_an_event_are_not_written(lines: io.StringIO) -> None:
    Log("bot.x").error(f"{SECRET} was here")

    assert written(lines)[0]["event"] == NOT_LISTED
    assert SECRET not in lines.getvalue()


def test_a_library_is_told_by_its_name_alone(lines: io.StringIO) -> None:
    error = ValueError(SECRET)
    logging.getLogger("aiohttp.server").error("it said %s", SECRET, exc_info=error)

    (line,) = written(lines)
    assert (line["code"], line["kind"]) == ("aiohttp.server", "ValueError")
    assert SECRET not in lines.getvalue()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_line_of_the_product_has_listed_keys_only(module: Path) -> None:
    """A key that is not in the list has to be thought about, and put there."""
    for call in calls_of_log(module):
        event, *error = call.args
        assert len(error) == (called_of(call) == "failed"), ast.dump(call)
        assert isinstance(event, ast.Constant), ast.dump(call)
        assert _EVENT.fullmatch(str(event.value)), event.value
        named = {str(each.arg) for each in call.keywords}
        assert named <= KEYS - {"event", "level", "at"}, (module.name, named)


def called_of(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def calls_of_log(module: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "_LOG"
        ):
            yield node


def test_there_is_no_other_way_to_log() -> None:
    imports = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if re.search(
            r"^\s*(import|from) logging", path.read_text("utf-8"), re.MULTILINE
        )
    }

    assert imports == QUIET


def test_what_nobody_catches_is_told_without_its_message() -> None:
    """A process of its own: the hooks are those of the whole interpreter."""
    program = (
        "from bot.log import configure\n"
        "import logging, threading\n"
        "configure()\n"
        f"secret = '{SECRET}'\n"
        "def fails(): raise ValueError(secret)\n"
        "thread = threading.Thread(target=fails); thread.start(); thread.join()\n"
        "logging.getLogger('some.library').warning('says %s', secret)\n"
        "raise KeyError(secret) from ValueError(secret)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "KeyError" in done.stderr
    assert "ValueError" in done.stderr
    assert "some.library" in done.stderr
    assert SECRET not in done.stderr + done.stdout


@pytest.mark.parametrize(("quiet", "told"), [(False, 2), (True, 1)])
def test_a_command_that_answers_in_words_logs_only_what_is_wrong(
    *, quiet: bool, told: int
) -> None:
    program = (
        "from bot.log import Log, configure\n"
        f"configure(quiet={quiet})\n"
        "log = Log('some.module')\n"
        "log.info('guidance:version:in-force')\n"
        "log.warning('guidance:version:lost')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert len(done.stderr.splitlines()) == told
    assert "guidance:version:lost" in done.stderr
