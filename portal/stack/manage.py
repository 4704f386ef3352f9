"""`python3 start.py manage …`: Django's commands, with the servers they need."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.stack.messages import compile_messages
from portal.stack.refusal import RefusalError
from portal.stack.servers import (
    Servers,
    environment_for,
    named_servers,
    places,
    require_secrets,
    running_servers,
)
from portal.stack.state import ROOT, State
from portal.stack.up import command

# Commands that ask neither the database nor the broker, or start servers of their own:
# none starts for them.
WITHOUT_SERVERS = {
    "benchmark",
    "check",
    "collectstatic",
    "compilemessages",
    "determine",
    "diffsettings",
    "findstatic",
    "heads_key",
    "help",
    "makemessages",
    "messages",
    "rulebook",
    "startapp",
    "states",
    "version",
}
AS_OWNER = {"migrate", "flush", "sqlflush"}
_UNUSED = {
    "DATABASE_URL": "postgresql://nobody@/none?host=/nonexistent",
    "DATABASE_OWNER_URL": "postgresql://nobody@/none?host=/nonexistent",
    "REDIS_URL": "unix:///nonexistent/socket",
}


def needs_servers(arguments: Sequence[str]) -> bool:
    """Tell whether a command asks the database or the broker."""
    if not arguments or arguments[0].startswith("-"):
        return False
    if {"-h", "--help", "--version"} & set(arguments):
        return False
    if arguments[0] == "check":
        return "--database" in arguments
    return arguments[0] not in WITHOUT_SERVERS


def manage(folder: Path, arguments: Sequence[str]) -> int:
    """Run one command; return its exit status.

    :raises RefusalError: if the servers cannot be had
    """
    state = State(folder)
    if not needs_servers(arguments):
        compile_messages()
        environment = {
            **os.environ,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or state.secret("secret_key"),
        }
        for name, value in (_UNUSED | places(state)).items():
            environment.setdefault(name, value)
        return run(arguments, environment)
    require_secrets()
    until = time.monotonic() + 90
    while not state.try_lock():
        running = state.running() or {}
        if running.get("ready"):
            return run(
                arguments,
                _choose(arguments, *environment_for(state, *named_servers(state))),
            )
        if time.monotonic() > until:
            msg = (
                "Another command uses this state folder: wait for its end, "
                "or start the portal and run both against it."
            )
            raise RefusalError(msg)
        time.sleep(0.1)
    state.set_running(kind="manage")
    try:
        with running_servers(state) as servers:
            compile_messages()
            _make_tables(arguments, state, servers)
            return run(
                arguments,
                _choose(arguments, servers.environment, servers.owner_environment),
            )
    finally:
        state.clear_running()


def _make_tables(arguments: Sequence[str], state: State, servers: Servers) -> None:
    """Give a database that has none its tables: nobody has started the portal yet."""
    if servers.postgres is None or arguments[0] in AS_OWNER:
        return
    if not servers.postgres.has_tables():
        command(
            ["migrate", "--verbosity=0"],
            servers.owner_environment,
            state,
            "migrate",
            None,
        )


def _choose(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    owner_environment: Mapping[str, str],
) -> Mapping[str, str]:
    return owner_environment if arguments[0] in AS_OWNER else environment


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command at this terminal; signals are its own to take."""
    before = {
        number: signal.signal(number, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        status = subprocess.call(  # noqa: S603 (the person's own words)
            [sys.executable, "manage.py", *arguments], env=environment, cwd=ROOT
        )
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
    return status if status >= 0 else 128 - status
