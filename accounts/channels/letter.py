"""A notice on its way out, what can become of it, and the shape of every way out."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from accounts.models import Trouble


@dataclass(frozen=True, slots=True)
class Letter:
    """
    A notice as it leaves the portal, written in its recipient's language. `key` stays
    the same however often it goes; `address` is what the way needs (an e-mail address,
    a mobile number, a URL), `secret` what the receiver checks the sender by.
    """

    key: str
    kind: str
    at: dt.datetime
    subject: str
    text: str
    link: str
    address: str
    secret: str = ""
    is_repeat: bool = False

    @property
    def body(self) -> str:
        """The text and, after it, where it leads."""
        return "\n\n".join(part for part in (self.text, self.link) if part)


class Sender(Protocol):
    """A way out, which may keep a connection from one letter to the next."""

    def send(self, letter: Letter) -> None:
        """
        Hand a letter over; when this returns, the receiving server has accepted it.

        :raises FailedError: in one of its four kinds
        """

    def close(self) -> None:
        """Let the connection go."""


class Way(Sender, Protocol):
    """A way out to an address that a person adds."""

    @classmethod
    def check(cls, url: str, secret: str) -> None:
        """
        Refuse an address to which the way does not write.

        :raises AddressError: saying what is wrong
        """


class FailedError(Exception):
    """A letter was not accepted. Nothing secret is in the message."""

    def __init__(self, trouble: Trouble, said: str = "") -> None:
        super().__init__(f"{trouble.value}: {said}" if said else trouble.value)
        self.trouble = trouble


class LaterError(FailedError):
    """It was not taken now and may be later."""


class NeverError(FailedError):
    """It will never be taken at this address."""


class UnclearError(FailedError):
    """It was handed over and no answer came: it may have been taken."""

    def __init__(self, said: str = "") -> None:
        super().__init__(Trouble.UNCLEAR, said)


class AwayError(FailedError):
    """Nobody is there to hand anything to; it is not this letter's fault."""

    def __init__(self, said: str = "") -> None:
        super().__init__(Trouble.AWAY, said)


class AddressError(Exception):
    """A URL to which the portal does not write; the message says why, for people."""
