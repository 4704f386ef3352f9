"""
A real browser: Debian's Chromium, or the one that Playwright downloads.

Where there is none the tests are skipped, loudly; with `--require-browser`, or on a
CI machine, that is a failure. Pages are served by `live_server`; relative addresses
(`page.goto("/")`) go there. A page that breaks the Content-Security-Policy or throws
in JavaScript fails its test.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    WebError,
)
from pytest_django.live_server_helper import LiveServer

from tests.servers import database_name, postgres

PHONE = {"width": 360, "height": 780}
FLAGS = [
    "--no-sandbox",  # in a container, or as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
    browser_type: BrowserType,
    request: pytest.FixtureRequest,
) -> dict[str, Any]:
    """Find a browser, or skip."""
    arguments = {**browser_type_launch_args, "args": FLAGS}
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    if system:
        return {**arguments, "executable_path": system}
    if Path(browser_type.executable_path).exists():
        return arguments
    reason = (
        "NO BROWSER: install one with 'apt install chromium fonts-wqy-microhei' or "
        "'.venv/bin/playwright install chromium', then run the tests again."
    )
    if request.config.getoption("--require-browser") or os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _served_before_rows_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let what a closed page had asked for end before the tables are emptied."""
    yield
    if "live_server" not in request.fixturenames:
        return
    until = time.monotonic() + 30
    with postgres().connect() as connection:
        while time.monotonic() < until:
            busy = connection.execute(
                "SELECT FROM pg_stat_activity WHERE datname = %s"
                " AND state IN ('active', 'idle in transaction')",
                [database_name()],
            ).fetchone()
            if busy is None:
                return


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Take relative addresses to the portal under test."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Open pages of the portal under test, in Chinese as most readers do."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    """Fail a test whose pages break the policy or throw."""
    complaints = watch(context)
    yield context
    assert not complaints


def watch(context: BrowserContext) -> list[str]:
    """Return the list in which a context's complaints will gather."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def notice(error: WebError) -> None:
        complaints.append(str(error.error))

    context.on("console", hear)
    context.on("weberror", notice)
    return complaints


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Return a page of a narrow phone, 360 px wide."""
    context = browser.new_context(
        **{**browser_context_args, "viewport": PHONE, "has_touch": True}
    )
    complaints = watch(context)
    yield context.new_page()
    context.close()
    assert not complaints


@pytest.fixture
def plain(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Return a page without JavaScript."""
    context = browser.new_context(
        **{**browser_context_args, "java_script_enabled": False}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Return what fails if axe finds a breach of WCAG 2.2 A or AA on a page."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    options = {
        "runOnly": {"type": "tag", "values": rules},
        "resultTypes": ["violations"],  # not every node that passed: half of the time
    }
    axe = Axe()

    def check(page: Page) -> None:
        found = axe.run(page, options=options)
        assert found.violations_count == 0, found.generate_report()

    return check
