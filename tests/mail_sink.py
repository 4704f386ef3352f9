"""A mail server on this machine for tests: takes, refuses, or hangs up."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Literal

Mood = Literal[
    "take",
    "refuse",
    "refuse-address",
    "refuse-mail",
    "drop",
    "drop-after-taking",
    "half-close",
    "hang",
    "hang-after-taking",
    "had-enough",
]
LONGER_THAN_ANYBODY_WAITS = 5.0


class MailSink(socketserver.ThreadingTCPServer):
    """Remembers what it took; `mood` says how it answers the next mail."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[Message] = []
        self.connections = 0
        self.mood: Mood = "take"
        self.takes_together = False
        self.ended = threading.Event()
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
        if self.server.mood == "hang":
            self._wait()
            return
        self._say("220 sink")
        begun = 0
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()
            begun += verb.startswith("MAIL")
            if self.server.mood == "had-enough" and begun > 1:
                self._say("421 enough")
                return
            if verb == "DATA":
                if not self._take():
                    return
            else:
                self._say(self._answer(verb))
            if verb.startswith("QUIT"):
                return

    def _answer(self, verb: str) -> str:
        if verb.startswith("EHLO") and self.server.takes_together:
            return "250-sink\r\n250 PIPELINING"
        if verb.startswith("RCPT") and self._refuses(verb):
            return "550 no such person"
        return "221 bye" if verb.startswith("QUIT") else "250 ok"

    def _wait(self) -> None:
        self.server.ended.wait(LONGER_THAN_ANYBODY_WAITS)

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
        if not lines:
            # What a refused recipient's mail is ended with.
            self._say("554 nobody to take it")
            return True
        self.server.taken.append(message_from_bytes(b"".join(lines)))
        return self._answered()

    def _answered(self) -> bool:
        """Answer a mail that was taken; tell whether to go on."""
        mood = self.server.mood
        if mood == "half-close":
            self.request.shutdown(socket.SHUT_WR)
        if mood in {"half-close", "hang-after-taking"}:
            self._wait()
        if mood in {"drop-after-taking", "half-close", "hang-after-taking"}:
            return False
        self._say("552 not such a mail" if mood == "refuse-mail" else "250 taken")
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
        sink.ended.set()
        sink.shutdown()
        thread.join()
