"""
One mail after another over a connection that is open. The conversation is held step by
step, so that one knows whether it broke before or after a mail was handed over.
"""

import smtplib

from accounts.channels.letter import (
    AwayError,
    FailedError,
    LaterError,
    NeverError,
    UnclearError,
)
from accounts.models import Trouble


class Conversation:
    """
    With a mail server. Where it takes commands together (RFC 2920), a mail costs two
    round trips instead of four.
    """

    def __init__(self, server: smtplib.SMTP, *, sender: str) -> None:
        server.ehlo_or_helo_if_needed()
        self._server = server
        self._sender = sender
        self._takes_together = server.has_extn("pipelining")

    def hand_over(self, mail: bytes, *, recipient: str) -> None:
        """
        Send a mail that is written as SMTP wants it, and wait until it is accepted.

        :raises AwayError: if the server takes nothing from us, or has gone before it
            said anything
        :raises FailedError: in the other ways
        :raises OSError: if the connection cannot be gone on with, after a refusal
        :raises smtplib.SMTPException: likewise
        """
        self._announce(recipient)
        try:
            self._server.send(mail + b".\r\n")
            code, said = self._server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise UnclearError(type(error).__name__) from error
        if code != 250:
            raise _refusal(code, said, Trouble.REFUSED)

    def forget(self) -> None:
        """
        Take back a mail that was begun.

        :raises OSError: if the connection broke
        :raises smtplib.SMTPException: likewise
        """
        self._server.rset()

    def _announce(self, recipient: str) -> None:
        commands = [f"MAIL FROM:<{self._sender}>", f"RCPT TO:<{recipient}>", "DATA"]
        answers: list[tuple[int, bytes]] = []
        try:
            if self._takes_together:
                self._server.send("".join(f"{each}\r\n" for each in commands))
                # One by one: how many came tells how far a broken one had come.
                answers.extend(self._server.getreply() for _ in commands)
                self._end_unwanted(answers)
            else:
                for each in commands:
                    self._server.send(f"{each}\r\n")
                    answers.append(self._server.getreply())
                    if answers[-1][0] not in (250, 251, 354):
                        break
        except (OSError, smtplib.SMTPException) as error:
            if answers:
                raise LaterError(Trouble.AWAY, type(error).__name__) from error
            raise AwayError(type(error).__name__) from error
        failed = _failed(answers)
        if failed is not None:
            raise failed

    def _end_unwanted(self, answers: list[tuple[int, bytes]]) -> None:
        """A server that takes the mail of a refused recipient is given an empty one."""
        if answers[-1][0] == 354 and _failed(answers) is not None:
            self._server.send(b".\r\n")
            self._server.getreply()


def _failed(answers: list[tuple[int, bytes]]) -> FailedError | None:
    """What the answers to MAIL, RCPT and DATA, as many as came, amount to."""
    code, said = answers[0]
    if code != 250:
        # Whatever is wrong, it is wrong for every mail.
        return AwayError(_answer(code, said))
    for (code, said), trouble, right in zip(
        answers[1:],
        (Trouble.ADDRESS, Trouble.REFUSED),
        ((250, 251), (354,)),
        strict=False,
    ):
        if code not in right:
            return _refusal(code, said, trouble)
    return None


def _refusal(code: int, said: bytes, trouble: Trouble) -> LaterError | NeverError:
    """A refusal for now (4xx) or for good (5xx)."""
    if 500 <= code < 600:
        return NeverError(trouble, _answer(code, said))
    return LaterError(Trouble.REFUSED, _answer(code, said))


def _answer(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"[:200]
