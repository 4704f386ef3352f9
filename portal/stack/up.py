"""`python3 start.py`: everything, until Ctrl-C."""

import argparse
import errno
import http.client
import ipaddress
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from portal.stack import processes
from portal.stack.messages import compile_messages
from portal.stack.postgres import DATABASE, Postgres
from portal.stack.processes import Stop
from portal.stack.refusal import RefusalError, StoppedError, say
from portal.stack.servers import (
    Servers,
    environment_for,
    require_secrets,
    running_servers,
)
from portal.stack.state import ROOT, State
from portal.stack.supervisor import bracketed, parts_for, supervise
from portal.stack.welcome import ACCOUNTS, welcome

DECIDED = "demo-decided"


def up(options: argparse.Namespace) -> int:
    """Start everything and keep it running.

    :raises RefusalError: with what stands in the way
    """
    stop = Stop()
    stop.listen()
    require_secrets()
    _refuse_open_address(options.host)
    state = State(Path(options.state))
    state.wait_for_lock(seconds=30)
    _refuse_taken_port(options.host, options.port)
    state.set_running(kind="up")
    try:
        with running_servers(state, stop) as servers:
            _run(options, state, servers, stop)
    except StoppedError:
        say("Stopped while starting; the next start goes on.")
        return 1
    finally:
        state.clear_running()
    say("Stopped.")
    return 0 if stop.asked else 1


def _run(
    options: argparse.Namespace, state: State, servers: Servers, stop: Stop
) -> None:
    compile_messages()
    _drop_half_loaded_demo(state, servers)
    say("Bringing the database up to date …")
    command(
        ["migrate", "--verbosity=0"], servers.owner_environment, state, "migrate", stop
    )
    if not Path(servers.environment["HEADS_KEY"]).exists():
        command(["heads_key"], servers.environment, state, "heads_key", stop)
    if not options.no_demo:
        load_demo(state, servers, stop)
    elif servers.postgres is not None and not (state.folder / DECIDED).exists():
        state.write(DECIDED, "without the demo")
    environment, _ = environment_for(state, servers.postgres, servers.valkey)
    environment.setdefault("ALLOWED_HOSTS", _hosts(options.host))
    address = f"http://{_shown(options.host)}:{options.port}/"
    set_own_address(environment, address, servers)
    say("Starting web, worker and beat …")
    parts = parts_for(state, servers, environment, options.host, options.port)

    def is_up() -> bool:
        web = parts[-1].process
        answered = processes.wait_until(
            lambda: (
                _answers(options.host, options.port)
                or (web is not None and web.poll() is not None)
            ),
            seconds=90,
            stop=stop,
            every=0.2,
        )
        if not answered or web is None or web.poll() is not None:
            log = state.logs / "web.log"
            say(
                f"The web server did not start; the end of {log} says why:\n"
                f"{processes.last_lines(log)}"
            )
            return False
        state.set_running(kind="up", address=address, ready=True)
        say(welcome(address, state, [part.name for part in parts], servers))
        return True

    supervise(parts, stop, is_up)


def command(
    arguments: list[str],
    environment: Mapping[str, str],
    state: State,
    log_name: str,
    stop: Stop | None,
) -> None:
    """Run one of Django's commands to its end.

    :raises RefusalError: with the error it ended with, if it fails
    """
    log = state.logs / f"{log_name}.log"
    process = processes.start(
        [sys.executable, "manage.py", *arguments],
        env=environment,
        log=log,
        keep_open=[state.lock],
        cwd=ROOT,
    )
    try:
        processes.wait_until(
            lambda: process.poll() is not None, seconds=3600, stop=stop
        )
    finally:
        processes.stop(process)
    if process.returncode != 0:
        msg = f"'{arguments[0]}' failed: {processes.last_error(log)} (more in {log})"
        raise RefusalError(msg)


def load_demo(state: State, servers: Servers, stop: Stop | None) -> None:
    """Load the demo into an empty embedded database, and only there.

    It is decided once and kept in the state folder: a database that ever held
    anything else never gets the demo.
    """
    decided = state.folder / DECIDED
    known = list(ROOT.glob("*/management/commands/load_demo.py"))
    if servers.postgres is None or decided.exists() or not known:
        return
    if not _is_empty(servers.postgres):
        state.write(DECIDED, "without the demo")
        return
    say("Loading the demo, once: some 40 enterprises since 2025, one or two minutes …")
    new = state.folder / f"{ACCOUNTS}.loading"
    state.write(new.name, "")
    command(
        ["load_demo", "--passwords-file", str(new)],
        {**servers.environment, "PORTAL_DEMO": "True"},
        state,
        "load_demo",
        stop,
    )
    new.chmod(0o600)
    state.write(DECIDED, "with the demo")
    new.replace(state.folder / ACCOUNTS)


def _is_empty(postgres: Postgres) -> bool:
    with postgres.connect(DATABASE) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM accounts_user)"
        ).fetchone()
    return row == (False,)


def _drop_half_loaded_demo(state: State, servers: Servers) -> None:
    """Begin anew where loading the demo was cut short: nobody has used it yet."""
    loading = state.folder / f"{ACCOUNTS}.loading"
    if servers.postgres is None or not loading.exists():
        return
    if not (state.folder / DECIDED).exists():
        say("The demo was loaded only in part; beginning anew …")
        servers.postgres.make_empty_again()
    loading.unlink()


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        why = {
            errno.EADDRINUSE: "is taken by another program: choose another with --port",
            errno.EACCES: "may only be used by root: choose one above 1023 with --port",
        }.get(error.errno or 0, f"cannot be used ({error.strerror}): check --host")
        msg = f"Port {port} on {host} {why}."
        raise RefusalError(msg) from error
    except OverflowError as error:
        msg = f"{port} is no port: choose one from 1024 to 65535 with --port."
        raise RefusalError(msg) from error


def _refuse_open_address(host: str) -> None:
    """Let passwords travel in the clear only inside this machine."""
    if _is_loopback(host) or os.environ.get("PORTAL_HTTPS"):
        return
    msg = (
        f"{host} is open to other machines and passwords would travel in the clear: "
        "put a proxy with HTTPS in front and set PORTAL_HTTPS=True, or accept that on "
        "a closed network with PORTAL_HTTPS=False."
    )
    raise RefusalError(msg)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def set_own_address(
    environment: dict[str, str], address: str, servers: Servers
) -> None:
    """Let links in e-mail lead here, unless the environment says where."""
    if environment.get("PORTAL_URL"):
        return
    environment["PORTAL_URL"] = address
    if servers.postgres is None:
        say(
            f"PORTAL_URL is not set: links in e-mail will lead to {address}. Set it "
            "to the address at which people find the portal."
        )


def _hosts(host: str) -> str:
    return ",".join(
        dict.fromkeys(
            ["localhost", "127.0.0.1", "[::1]", bracketed(host), socket.gethostname()]
        )
    )


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _shown(host: str) -> str:
    return bracketed(_reachable(host))


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
