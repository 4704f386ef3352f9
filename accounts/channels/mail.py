"""
E-mail. With SMTP the portal writes its mails and holds the conversation itself: a tenth
of the time of Django's own, and it is known how far a broken one had come. A line break
never reaches a header, because every text is encoded whole.
"""

import base64
import contextlib
import re
import smtplib
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from accounts.channels.letter import (
    AwayError,
    FailedError,
    LaterError,
    Letter,
    NeverError,
)
from accounts.channels.smtp import Conversation
from accounts.models import Trouble

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
# Bytes whose Base64 fits a line of 76 characters beside "Subject: " (RFC 2047).
_WORD: Final = 39


class Mail:
    """The mail server of the settings, over one connection for as long as it holds."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self._conversation: Conversation | None = None
        self._from = sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8")
        self._domain = urlsplit(settings.PORTAL_URL).hostname or "localhost"

    def send(self, letter: Letter) -> None:
        """
        Hand a mail over.

        :raises FailedError: in one of its four kinds
        """
        if not isinstance(self._backend, EmailBackend):
            self._send_otherwise(letter)
            return
        address = _envelope(letter.address)
        mail = self.written(letter, to=address)
        if self._conversation is not None:
            # A server may have had enough of a connection: it gets a new one.
            with contextlib.suppress(AwayError):
                self._hand_over(mail, address)
                return
        self._hand_over(mail, address)

    def close(self) -> None:
        """End the conversation, if there is one."""
        self._conversation = None
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def written(self, letter: Letter, *, to: str) -> bytes:
        """Write a mail whole, lines ended and dots stuffed as SMTP wants them."""
        headers = {
            "From": self._from,
            "To": to,
            "Subject": _encoded(" ".join(letter.subject.split())),
            **self._headers(letter),
            "MIME-Version": "1.0",
            "Content-Type": 'text/plain; charset="utf-8"',
            "Content-Transfer-Encoding": "base64",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        body = base64.encodebytes(f"{letter.body}\n".encode()).replace(b"\n", b"\r\n")
        # No line begins with a dot: none of Base64 does, and no header's name.
        return head.encode("ascii") + b"\r\n" + body

    def _headers(self, letter: Letter) -> dict[str, str]:
        return {
            "X-Notice-Key": letter.key,
            "Message-ID": f"<{letter.key}@{self._domain}>",
            "Date": format_datetime(letter.at),
            "Auto-Submitted": "auto-generated",
            **({"X-Repeat": "1"} if letter.is_repeat else {}),
        }

    def _hand_over(self, mail: bytes, address: str) -> None:
        conversation = self._opened()
        try:
            conversation.hand_over(mail, recipient=address)
        except (LaterError, NeverError):
            try:
                conversation.forget()
            except (OSError, smtplib.SMTPException):
                self.close()
            raise
        except FailedError:
            # A broken conversation is not gone on with; the next mail opens anew.
            self.close()
            raise

    def _opened(self) -> Conversation:
        if self._conversation is None:
            try:
                self._backend.open()
                self._conversation = Conversation(
                    self._backend.connection,  # type: ignore[attr-defined]
                    sender=parseaddr(self._from)[1],
                )
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                raise AwayError(type(error).__name__) from error
        return self._conversation

    def _send_otherwise(self, letter: Letter) -> None:
        """Send by a backend that holds no conversation: the console, a provider's."""
        message = EmailMessage(
            subject=" ".join(letter.subject.split()),
            body=letter.body,
            to=[letter.address],
            connection=self._backend,
            headers=self._headers(letter),
        )
        try:
            message.send()
        except (OSError, smtplib.SMTPException) as error:
            raise LaterError(Trouble.AWAY, type(error).__name__) from error
        except ValueError as error:
            raise NeverError(Trouble.ADDRESS) from error


def _envelope(address: str) -> str:
    """
    Return the address as SMTP takes it.

    :raises NeverError: if it is none
    """
    if _PLAIN.fullmatch(address):
        return address
    try:
        written = sanitize_address(address, "utf-8")
    except (ValueError, UnicodeError) as error:
        raise NeverError(Trouble.ADDRESS) from error
    if not _PLAIN.fullmatch(written):
        raise NeverError(Trouble.ADDRESS)
    return written


def _encoded(text: str) -> str:
    """Return any text as encoded words of a header, cut between characters."""
    rest = text.encode("utf-8", "replace")
    words: list[bytes] = []
    while rest or not words:
        end = _WORD
        # Not within a character: its further bytes begin with the bits 10.
        while end < len(rest) and rest[end] & 0xC0 == 0x80:
            end -= 1
        words.append(rest[:end])
        rest = rest[end:]
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(w).decode()}?=" for w in words)
