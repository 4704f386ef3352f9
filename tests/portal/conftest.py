"""A portal of real processes whose parts can be stopped one by one."""

import http.client
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from portal.stack import processes
from portal.stack.postgres import Postgres
from portal.stack.servers import Servers, environment_for
from portal.stack.state import State
from portal.stack.supervisor import Part, parts_for
from portal.stack.valkey import Valkey
from tests.clusters import put_cluster

SOON = 90.0  # seconds; generous, as a test machine may be busy


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def ask(port: int, path: str) -> tuple[int, str]:
    """Return status and body of a page of a running portal; 0 if it is not there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


class RunningPortal:
    """The portal's processes, of which a test can stop any for good."""

    def __init__(self, state: State, **settings: str) -> None:
        self.port = free_port()
        postgres, valkey = Postgres(state, throwaway=True), Valkey(state)
        postgres.start()
        valkey.start()
        quick = {"HEARTBEAT_SECONDS": "0.5", "HEARTBEAT_LATE_SECONDS": "4"}
        environments = environment_for(state, postgres, valkey)
        servers = Servers(postgres, valkey, *environments)
        environment = {**servers.environment, **quick, **settings}
        parts = parts_for(state, servers, environment, "127.0.0.1", self.port)
        self.parts: dict[str, Part] = {part.name: part for part in parts}
        self.environment = environment
        self.stopped = set(self.parts) - {"PostgreSQL", "Valkey"}
        self.postgres = postgres
        self.state = state

    def start(self, name: str) -> None:
        """Start a part."""
        self.stopped.discard(name)
        self.parts[name].start()

    def stop(self, name: str) -> None:
        """Stop a part, for good."""
        self.stopped.add(name)
        part = self.parts[name]
        if part.process is not None:
            processes.stop(part.process, by=part.stop_by)
            part.process = None

    def stop_all(self) -> None:
        """Stop every part, the servers last."""
        for name in sorted(self.parts, key=["PostgreSQL", "Valkey"].count):
            self.stop(name)

    def kill(self, name: str) -> None:
        """End a part and all it started, at once and without a word to it."""
        self.stopped.add(name)
        processes.kill_group(self.process(name))
        self.parts[name].process = None

    def process(self, name: str) -> subprocess.Popen[bytes]:
        """Return a part's running process."""
        process = self.parts[name].process
        assert process is not None
        return process

    def failed(self) -> set[str]:
        """Return the parts that /healthz says have failed."""
        status, body = ask(self.port, "/healthz")
        assert status in (200, 503)
        parts = json.loads(body)["parts"]
        failed = {name for name, said in parts.items() if said == "failed"}
        assert (status == 503) == bool(failed)
        return failed

    def comes_to(self, is_so: Callable[[], bool]) -> bool:
        """Wait, not longer than needed, for something to become so."""

        def tended() -> bool:
            # As the supervisor does, but for what a test has stopped.
            for name in self.parts.keys() - self.stopped:
                self.parts[name].look()
            return is_so()

        return processes.wait_until(tended, seconds=SOON, every=0.2)

    def is_well(self) -> bool:
        """Tell whether /healthz comes to find every part well."""
        return self.comes_to(lambda: self.failed() == set())


@contextmanager
def new_portal(**settings: str) -> Iterator[RunningPortal]:
    """Make a portal whose servers run, and nothing else yet; stop all at the end."""
    with ExitStack() as at_end:
        state = State(at_end.enter_context(new_state_folder()))
        assert state.try_lock()
        put_cluster(state)
        state.make_sockets()
        at_end.callback(state.remove_sockets)
        portal = RunningPortal(state, **settings)
        at_end.callback(portal.stop_all)
        yield portal


@pytest.fixture(scope="module")
def _running() -> Iterator[RunningPortal]:
    with new_portal() as portal:
        portal.start("web")
        assert portal.comes_to(lambda: ask(portal.port, "/livez")[0] == 200)
        yield portal


@pytest.fixture
def running_portal(_running: RunningPortal) -> RunningPortal:
    """Return a portal of which every part runs and is well."""
    for name in sorted(_running.stopped):
        _running.start(name)
    assert _running.is_well()
    return _running


@contextmanager
def new_state_folder() -> Iterator[Path]:
    """Make a folder that PostgreSQL can reach also if we are root."""
    with TemporaryDirectory(prefix="portal-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "state"


@pytest.fixture
def state_folder() -> Iterator[Path]:
    """Return where a test may keep a state folder."""
    with new_state_folder() as folder:
        yield folder


@pytest.fixture
def migrated_folder(state_folder: Path) -> Path:
    """Return a state folder as an earlier start would have left it, with no rows."""
    state = State(state_folder)
    assert state.try_lock()
    put_cluster(state)
    state.unlock()
    return state_folder
