"""
Starts the throwaway PostgreSQL and Valkey of a test run, before settings are read.

Only the controller of a run starts them; its workers find them in the environment.
Tests log in as the superuser and act as the application's role (tests/database).
"""

import gc
import importlib
import os
import secrets
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from django.conf import settings
from xdist.scheduler import LoadScopeScheduling

from portal.stack.messages import compile_messages
from portal.stack.postgres import APPLICATION, SUPERUSER, Postgres
from portal.stack.state import ROOT, State, state_that_is_free
from portal.stack.valkey import Valkey
from tests.clusters import put_cluster

# A scheme of its own, so that the settings choose the tests' backend by DATABASE_URL.
SCHEME = "portal-test"
dj_database_url.register(SCHEME, "tests.database")

STATE = "PORTAL_TEST_STATE"
_running = ExitStack()


def worker() -> str:
    """Return this process's name among parallel ones."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def database_name() -> str:
    """Return the name of this process's own database."""
    return f"test_{worker()}"


def postgres() -> Postgres:
    """Return the running server, as its client."""
    return Postgres(State(Path(os.environ[STATE])), throwaway=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> None:
    """Start the servers, or find them, before pytest-django reads the settings."""
    if worker() == "main" and not {"-h", "--help", "-V", "--version"} & set(args):
        _start()
    if STATE not in os.environ:
        return
    server = postgres()
    number = 0 if worker() == "main" else int(worker().removeprefix("gw")) + 1
    os.environ["DATABASE_URL"] = (
        f"{server.url(SUPERUSER, database_name(), SCHEME)}"
        f"&options=-c%20role%3D{APPLICATION}"
    )
    os.environ["REDIS_URL"] = f"{Valkey(server.state).url}?db={number % 16}"
    # In a folder of its own: what lies beside a store is looked at too.
    attachments = server.state.folder / "attachments" / worker() / "store"
    os.environ["ATTACHMENTS_DIR"] = str(attachments)


def _start() -> None:
    compile_messages()
    state = state_that_is_free(ROOT / ".state" / "test")
    put_cluster(state)
    state.make_sockets()
    shutil.rmtree(state.folder / "attachments", ignore_errors=True)
    _running.callback(state.remove_sockets)
    for server in (Postgres(state, throwaway=True), Valkey(state)):
        _running.callback(server.stop)
        server.start()
    os.environ.pop("DATABASE_OWNER_URL", None)
    os.environ.pop("PORTAL_ROLE", None)
    os.environ |= {
        STATE: str(state.folder),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_APPLICATION_ROLE": APPLICATION,
        "PORTAL_HTTPS": "False",
        "PORTAL_DEMO": "False",
        "WHITENOISE_AUTOREFRESH": "True",  # no scan of all files for each client
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright runs a loop of its own
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let CI demand a browser."""
    parser.addoption(
        "--require-browser",
        action="store_true",
        help="fail browser tests, rather than skip them, where there is no browser",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud that no browser was there: a skipped test is easily overlooked."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "NO BROWSER" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("BROWSER TESTS WERE SKIPPED", red=True)
        terminalreporter.line(f"{len(skipped)} tests: {skipped[0].longrepr[2]}")


def pytest_configure(config: pytest.Config) -> None:
    """Add our fixtures after pytest-django's, so that ours stand."""
    # Loaded only now, as they need the settings.
    for name in ("fixtures", "stages"):
        module = importlib.import_module(f"tests.database.{name}")
        config.pluginmanager.register(module, f"portal-{name}")
    settings.PASSWORD_HASHERS = [
        "tests.hashing.QuickArgon2PasswordHasher",
        *settings.PASSWORD_HASHERS[1:],
    ]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: no process shall end long after the others."""
    for marker in ("browser", "servers"):
        items.sort(key=lambda item: item.get_closest_marker(marker) is None)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> LoadScopeScheduling | None:
    """One process runs all of a module, whose tests share servers or beginnings."""
    if config.getoption("dist") != "loadscope":
        return None
    config.option.loadscopereorder = False  # ours: what takes long begins
    return _ByModule(config, log)


class _ByModule(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        # A browser's tests begin alone, and take long.
        return nodeid if module.startswith("tests/browser/") else module


def pytest_collection_finish() -> None:
    """Let the collector, as in the web server, pass over what is loaded by now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    _running.close()
