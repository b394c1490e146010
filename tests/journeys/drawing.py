"""Draws payloads in a blank page of a real browser, to be looked at.

What draws them is a program that is not Slack's, and Microsoft's own library for
Adaptive Cards; `tests/journeys/node` holds what they are called with. No network is
reached. Set `JOURNEY_PICTURES` to a folder to keep the pictures.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from tests.journeys.node_programs import Payload, Programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

_T = TypeVar("_T")
WIDTHS: Final = {"slack": 640, "adaptive": 520}
"""Pixels: about what a window of Slack and a chat of Teams have on a desk."""


@dataclass(frozen=True, slots=True)
class Easel:
    """A blank page that draws what is for one platform."""

    page: Page
    width: int
    folder: Path

    def draw(self, payload: Payload, name: str) -> list[str]:
        """Draw a payload into a picture; return what does not fit or show."""
        found: list[str] = self.page.evaluate(
            "([payload, width]) => window.draw(payload, width)", [payload, self.width]
        )
        pictures = Path(os.environ.get("JOURNEY_PICTURES") or self.folder)
        self.page.locator("#shot").screenshot(path=pictures / f"{name}.png")
        return found

    def read(self, payload: Payload) -> list[str]:
        """Return what the platform's own reader objects to."""
        found: list[str] = self.page.evaluate("(json) => window.read(json)", payload)
        return found


def easel(chromium: Browser, folder: Path, platform: str) -> Iterator[Easel]:
    """Set up what draws for `slack` or `adaptive`, in a folder that is still empty."""
    bundled = Programs.beside(folder).run("bundle.mjs")
    assert bundled.returncode == 0, bundled.stderr
    made = folder / "drawn" / f"draw_{platform}"
    width = WIDTHS[platform]
    viewport = {"width": width + 40, "height": 600}
    context = chromium.new_context(viewport=viewport, device_scale_factor=2)
    context.route("**/*", lambda route: route.abort())
    page = context.new_page()
    page.add_style_tag(path=made.with_suffix(".css"))
    page.add_script_tag(path=made.with_suffix(".js"))
    yield Easel(page, width, folder)
    context.close()


def apart(do: Callable[[], _T]) -> _T:
    """Return what a function returns that needs an event loop of its own.

    The browser's driver keeps one in this thread for as long as it runs.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(do).result()
