"""Real Chromium against the running site: what only a browser can tell."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from people.models import User

PHONE, DESK = 360, 1280
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visit:
    """One page opened in its own browser profile, with what it asked for and complained of."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def barriers(self) -> list[str]:
        """What axe finds wrong for people with disabilities, one line each."""
        found = Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def faults(self) -> list[str]:
        """Everything that no page may have: barriers, overflow, other hosts, complaints."""
        faults = self.barriers() + self.complaints
        if self.overflow > 0:
            faults.append(f"{self.overflow} px wider than the window")
        return faults + [f"asks {host}" for host in self.hosts if host != "localhost"]


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no Chromium is installed, and REQUIRE_BROWSER is set")
        pytest.skip("no Chromium is installed")
    # Playwright's own loop runs in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(
    chromium: Browser, live_server: object, sign_in: Callable[[User], Client]
) -> Iterator[Visitor]:
    """`visit(path, person=..., width=..., theme=..., scripts=...)` opens a page."""
    contexts: list[BrowserContext] = []
    base = live_server.url

    def open_page(
        path: str,
        *,
        person: User | None = None,
        width: int = PHONE,
        theme: str = "light",
        language: str = "en",
        scripts: bool = True,
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(8_000)
        contexts.append(context)
        if person is not None:
            cookie = sign_in(person).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        opened = Visit(context.new_page())
        opened.page.on("request", lambda r: opened.hosts.add(urlsplit(r.url).hostname or ""))
        opened.page.on(
            "console",
            lambda message: (
                opened.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.goto(base + path)
        return opened

    yield open_page
    for context in contexts:
        context.close()
