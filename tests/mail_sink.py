"""A mail server on this machine for tests: takes, refuses, or hangs up."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Literal

Mood = Literal["take", "refuse", "refuse-address", "drop", "drop-after-taking"]


class MailSink(socketserver.ThreadingTCPServer):
    """Remembers what it took; `mood` says how it answers the next mail."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[Message] = []
        self.connections = 0
        self.mood: Mood = "take"
        self.refused_address = ""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    """One connection, as much of SMTP as smtplib speaks."""

    server: MailSink

    def handle(self) -> None:
        """Answer until QUIT, or hang up."""
        self.server.connections += 1
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()
            if verb.startswith("QUIT"):
                self._say("221 bye")
                return
            if verb == "DATA":
                if not self._take():
                    return
            elif verb.startswith("RCPT") and self._refuses(verb):
                self._say("550 no such person")
            else:
                self._say("250 ok")

    def _refuses(self, verb: str) -> bool:
        wrong = self.server.refused_address.upper()
        return self.server.mood == "refuse-address" and wrong in verb

    def _take(self) -> bool:
        if self.server.mood == "drop":
            return False
        if self.server.mood == "refuse":
            self._say("451 not now")
            return True
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        self.server.taken.append(message_from_bytes(b"".join(lines)))
        if self.server.mood == "drop-after-taking":
            return False
        self._say("250 taken")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Run a sink for the time of the block."""
    with MailSink() as sink:
        thread = threading.Thread(target=sink.serve_forever, daemon=True)
        thread.start()
        yield sink
        sink.shutdown()
        thread.join()
