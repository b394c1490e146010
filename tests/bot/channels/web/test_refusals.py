"""What the page refuses, and what it keeps to itself."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.channels.web.posts import MOST_BYTES
from bot.ports import StoreUnavailable, Transaction
from bot.server import OpenToOthers, names_for
from bot.store import SqlStore, open_store
from tests.support.stores import KEYS, a_database
from tests.support.web import FORM, Browser, Served, served

MARKED: Final = "marked-secret-7QZ"
HOSTILE: Final = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


def at_a_text(browser: Browser) -> Browser:
    browser.open("/").press("Start a new session")
    for answer in ("no", ["none"], "own-initiative", "no"):
        browser.answer(answer)
    assert browser.question == "if-not-shared"
    return browser


def test_another_persons_session_is_as_if_it_were_not_there(
    page: Served, browser: Browser
) -> None:
    browser.open("/").press("Start a new session")
    stranger = page.browser()

    theirs = stranger.open(f"/sessions/{browser.session}")
    sent = {"do": "answer", "seen": "1", "select": "one", "answer": "no"}
    answered = stranger.send(f"/sessions/{browser.session}", sent)
    none = stranger.open("/sessions/s-9999999999999")

    assert [theirs.status, answered.status, none.status] == [404, 404, 404]
    with page.store.reading() as record:
        assert len(record.facts(browser.session)) == 1


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[", "127.0.0.2"],
)
def test_a_name_that_was_made_to_point_here_is_refused(
    browser: Browser, host: str
) -> None:
    browser.open("/", Host=host)

    assert browser.status in {400, 421}
    assert "Start a new session" not in browser.html


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_is_answered_by_each_of_its_names(browser: Browser, host: str) -> None:
    port = browser.origin.rpartition(":")[2]

    browser.open("/", Host=f"{host}:{port}")

    assert browser.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_a_form_of_another_site_is_not_taken(
    page: Served, browser: Browser, headers: dict[str, str]
) -> None:
    browser.open("/").press("Start a new session")
    form = {"do": "answer", "seen": "1", "select": "one", "answer": "no"}

    browser.send(f"/sessions/{browser.session}", form, **headers)

    assert browser.status == 403
    assert "not ours" in browser.text
    with page.store.reading() as record:
        assert len(record.facts("s-0000000000002")) == 1


def test_a_form_that_does_not_say_where_it_comes_from_is_not_taken(
    page: Served,
) -> None:
    body = b"case="
    head = (
        f"POST /sessions HTTP/1.1\r\nHost: 127.0.0.1:{page.server.port}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )

    async def talk() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", page.server.port)
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    assert page.runner.run(talk()).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("path", ["/", "/static/page.css", "/nowhere", "/continue"])
def test_every_page_forbids_foreign_scripts_frames_and_keeping(
    browser: Browser, path: str
) -> None:
    headers = browser.open(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_script_can_read_who_somebody_is_and_no_other_site_send_it(
    browser: Browser,
) -> None:
    cookie = browser.open("/").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_page_holds_no_script_or_style_of_its_own(browser: Browser) -> None:
    at_a_text(browser).answer(HOSTILE)

    tags = [one for one in browser.page.all() if one.tag in {"script", "style"}]
    named = {name for one in browser.page.all() for name in one.given}
    assert [one.raw for one in tags] == [""]
    assert not {name for name in named if name.startswith("on") or name == "style"}


def test_hostile_text_is_shown_and_never_obeyed(browser: Browser) -> None:
    at_a_text(browser).answer(HOSTILE)

    shown = [one.text for one in browser.page.every("p", **{"class": "pair"})]
    assert any(HOSTILE in text for text in shown)
    # The one picture is the flow, drawn by us from the pack.
    sources = [one.given["src"] for one in browser.page.every("img")]
    assert all(source.startswith("/sessions/") for source in sources)
    assert HOSTILE not in "".join(sources)


def test_hostile_text_that_is_handed_back_stays_in_its_field(browser: Browser) -> None:
    at_a_text(browser)
    hostile = f"</textarea>{HOSTILE}"

    browser.press("Talk to a person", **{"line__if-not-shared": hostile})

    assert browser.page.first("textarea").raw.strip() == hostile


def test_a_body_that_is_too_long_is_refused_before_it_is_read(
    browser: Browser,
) -> None:
    at_a_text(browser)

    browser.send(f"/sessions/{browser.session}", {"do": "x" * (MOST_BYTES + 1)})

    assert browser.status == 413
    assert "too long" in browser.text


def test_a_text_that_is_too_long_is_refused_with_its_field(browser: Browser) -> None:
    at_a_text(browser).answer("x" * 20_001)

    assert browser.status == 422
    assert browser.question == "if-not-shared"
    assert browser.page.first("div", role="alert").first("a").get("href") == (
        "#line-if-not-shared"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": "answer"},
        {"do": "answer", "seen": "1"},
        {"do": "answer", "seen": "-1", "select": "one"},
        {"do": "answer", "seen": "1e3", "select": "one"},
        {"do": "answer", "seen": "²", "select": "one"},
        {"do": "nothing-of-ours", "seen": "1"},
        {f"x{number}": "" for number in range(500)},
    ],
)
def test_what_is_no_form_of_ours_changes_nothing(
    browser: Browser, fields: dict[str, str]
) -> None:
    browser.open("/").press("Start a new session")

    browser.send(f"/sessions/{browser.session}", fields)

    assert browser.status == 400
    assert "Nothing was changed" in browser.text


def test_a_form_in_another_coding_is_refused(browser: Browser) -> None:
    browser.open("/").press("Start a new session")

    browser.send(f"/sessions/{browser.session}", {}, Content_Type="text/plain")

    assert browser.status == 400


def test_odd_answers_are_refused_without_repeating_them(browser: Browser) -> None:
    browser.open("/").press("Start a new session")

    browser.answer(MARKED)

    assert browser.status == 422
    assert MARKED not in browser.html


def test_nothing_that_was_written_reaches_a_log(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    at_a_text(browser).answer(MARKED)
    browser.press("Ask", ask=MARKED).open(f"/nowhere/{MARKED}")

    assert MARKED not in caplog.text


class Failing:
    """A store that can be told to fail, as a full disk would make it."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.broken = False

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        if self.broken:
            raise StoreUnavailable("OperationalError", "SQLITE_FULL")
        with self.store.begin() as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self.store.reading() as transaction:
            yield transaction

    def close(self) -> None:
        self.store.close()


def test_what_could_not_be_saved_is_said_with_the_number_to_ring(
    tmp_path: Path,
) -> None:
    store = Failing(open_store(a_database(tmp_path, "full.db"), KEYS))
    with served(tmp_path, store) as serving:
        browser = serving.browser().open("/").press("Start a new session")
        store.broken = True

        browser.answer("no")

        assert browser.status == 503
        assert "That was not saved" in browser.text
        assert "ring 999" in browser.text


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "page.example"])  # noqa: S104 -- what must be refused
def test_the_page_refuses_any_address_but_loopback(address: str) -> None:
    with pytest.raises(OpenToOthers):
        names_for(address, frozenset(), no_sign_in=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_loopback_needs_no_further_words(address: str) -> None:
    assert "127.0.0.1" in names_for(address, frozenset(), no_sign_in=False)


def test_other_addresses_are_served_to_whoever_says_it_in_so_many_words() -> None:
    names = names_for("192.0.2.7", frozenset({"Page.Example"}), no_sign_in=True)

    assert {"192.0.2.7", "page.example", "localhost"} <= names


def test_loopback_is_all_that_these_tests_reach(page: Served) -> None:
    assert socket.inet_aton(str(page.server.host)) == b"\x7f\x00\x00\x01"
