"""Keys of the record: in a file apart, private, and several live at once."""

import stat
from pathlib import Path

import pytest

from bot.ports import KeysExposed, KeysMissing, KeysUnreadable, KeyUnknown
from bot.store import Keys, keys_for, open_store
from bot.store.keys import (
    make_keys,
    new_lines,
    read_keys,
    replace_keys,
    with_a_new_key,
    with_only_the_newest,
)
from tests.bot.store.rows import with_a_session

RECORD_KEY = b"k" * 32


def test_a_first_start_makes_keys_that_only_this_account_can_read(
    address: str, tmp_path: Path
) -> None:
    path = tmp_path / "var" / "bot.keys"

    made = keys_for(address, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["bot.keys"]
    assert read_keys(path).unwrapped(made.wrapped(RECORD_KEY)) == RECORD_KEY


def test_two_first_starts_at_once_go_on_with_the_same_keys(tmp_path: Path) -> None:
    path = tmp_path / "bot.keys"

    one, other = make_keys(path), make_keys(path)

    assert other.unwrapped(one.wrapped(RECORD_KEY)) == RECORD_KEY


def test_a_store_that_needs_its_old_keys_gets_no_new_ones(
    address: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.keys"
    store = open_store(address, keys_for(address, path))
    with_a_session(store, facts=1)
    store.close()
    path.rename(tmp_path / "elsewhere")

    with pytest.raises(KeysMissing, match="KEY_FILE"):
        keys_for(address, path)

    assert not path.exists()


@pytest.mark.parametrize("exposed", [0o640, 0o604, 0o666])
def test_keys_that_others_can_reach_are_not_used(tmp_path: Path, exposed: int) -> None:
    path = tmp_path / "bot.keys"
    make_keys(path)
    path.chmod(exposed)

    with pytest.raises(KeysExposed, match=f"chmod 600 {path}") as caught:
        read_keys(path)

    assert caught.value.mode == exposed


def test_keys_that_nobody_may_write_to_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "bot.keys"
    make_keys(path)

    path.chmod(0o400)

    read_keys(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("# nothing but this\n", 0),
        ("seal short\n", 1),
        ("\n# so far good\nhunter2\n", 3),
        ("seal ünreadable\n", 0),
    ],
)
def test_a_line_that_is_no_key_is_named_and_not_repeated(
    tmp_path: Path, text: str, line: int
) -> None:
    path = tmp_path / "bot.keys"
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(KeysUnreadable) as caught:
        read_keys(path)

    assert caught.value.line == line
    assert "hunter2" not in str(caught.value)


def test_the_newest_key_wraps_and_every_key_unwraps() -> None:
    older = new_lines()
    both = with_a_new_key(older)
    before = Keys(older).wrapped(RECORD_KEY)

    after = Keys(both).rewrapped(before)

    assert Keys(both).unwrapped(before) == RECORD_KEY
    assert Keys(with_only_the_newest(both)).unwrapped(after) == RECORD_KEY
    with pytest.raises(KeyUnknown):
        Keys(older).unwrapped(after)


def test_a_running_process_reads_keys_that_were_changed_meanwhile(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.keys"
    running = make_keys(path)
    replace_keys(path, with_a_new_key(running.lines))

    wrapped = read_keys(path).wrapped(RECORD_KEY)

    assert running.unwrapped(wrapped) == RECORD_KEY


def test_keys_cannot_be_printed_by_mistake() -> None:
    keys = Keys.new()
    secret = keys.lines.seal[0]

    assert secret not in repr(keys)
    assert secret not in repr(keys.lines)
    assert secret not in str(vars(keys))


def test_only_what_was_signed_by_these_keys_is_taken() -> None:
    keys = Keys.new()
    line = keys.signed("head", {"seq": 1})

    assert (keys.checked("head", line) or {})["seq"] == 1
    assert keys.checked("erasure", line) is None
    assert keys.checked("head", line.replace('"seq":1', '"seq":2')) is None
    assert keys.checked("head", Keys.new().signed("head", {"seq": 1})) is None
    assert keys.checked("head", "no line of ours") is None
    assert keys.checked("head", "[1]") is None
