"""The command that serves the page: what it says, and where it refuses to listen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.packs import ROOT


def environment(folder: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'page.db'}",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def taken_port() -> Iterator[int]:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield int(held.getsockname()[1])


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", "page", *words],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.slow
def test_the_page_prints_its_address_answers_and_stops_when_told(
    tmp_path: Path,
) -> None:
    with taken_port() as port:
        pass
    with subprocess.Popen(
        [sys.executable, "app.py", "page", "--port", str(port)],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = [process.stdout.readline() for _ in range(3)]
        address = f"http://127.0.0.1:{port}/"
        with urllib.request.urlopen(address) as answer:
            page = answer.read().decode()
        process.send_signal(signal.SIGINT)
        code = process.wait(20)
        complaints = process.stderr.read()

    assert address in said[0]
    assert "python app.py chat" in said[2]
    assert "Start a new session" in page
    assert (code, complaints) == (0, "")


def test_another_address_is_refused_with_what_to_add(tmp_path: Path) -> None:
    result = run(tmp_path, "--address", "0.0.0.0")  # noqa: S104 -- what must be refused

    assert result.returncode == 2
    assert "has no sign-in" in result.stderr
    assert "--i-know-this-page-has-no-sign-in" in result.stderr
    assert not (tmp_path / "page.db").exists()


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with taken_port() as port:
        result = run(tmp_path, "--port", str(port))

    assert result.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in result.stdout
    assert "Traceback" not in result.stderr
