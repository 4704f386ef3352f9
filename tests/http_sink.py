"""A web server on this machine for tests: remembers what was posted to it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Mood = Literal["answer", "drop", "hang", "drip"]


@dataclass(frozen=True)
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body, as JSON."""
        return json.loads(self.body)


class HttpSink(ThreadingHTTPServer):
    """Answers with `status`, `headers` and `body`, or as its mood is."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.posted: list[Posted] = []
        self.mood: Mood = "answer"
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b'{"errcode": 0, "errmsg": "ok"}'
        self.ended = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Who hung up on us had reason to."""

    def url(self, path: str = "/") -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Request(BaseHTTPRequestHandler):
    server: HttpSink
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take it, and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # The names of headers know no capitals.
        headers = {name.title(): value for name, value in self.headers.items()}
        self.server.posted.append(Posted(self.path, headers, body))
        if self.server.mood == "answer":
            self.send_response(self.server.status)
            for name, value in self.server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(self.server.body)))
            self.end_headers()
            self.wfile.write(self.server.body)
            return
        self.close_connection = True
        if self.server.mood == "hang":
            self.server.ended.wait(10)
        if self.server.mood == "drip":
            while not self.server.ended.wait(0.05):
                self.wfile.write(b"H")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def http_sink() -> Iterator[HttpSink]:
    """Run a sink for the time of the block."""
    with HttpSink() as sink:
        thread = threading.Thread(target=sink.serve_forever, daemon=True)
        thread.start()
        yield sink
        sink.ended.set()
        sink.shutdown()
        thread.join()
