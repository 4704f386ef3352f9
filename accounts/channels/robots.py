"""
What the robots of chat groups have in common. A robot has a URL with a key in it; what
is posted there everybody in the group reads. All of them answer 200 to whatever they
get, and say by a number in the body whether they took it.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.channels import posting
from accounts.channels.letter import AddressError, LaterError, Letter, NeverError
from accounts.models import Trouble

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Robot:
    """One service's robots: where they are, what they are posted, how they answer."""

    host: ClassVar[str]
    path: ClassVar[str]
    # The parameter with the key; without one the key is the end of the path.
    key: ClassVar[str] = ""
    example: ClassVar[str]
    takes_secret: ClassVar[bool] = True
    # Bytes of text that it takes.
    longest: ClassVar[int] = 18_000
    # Answers that waiting will not change: the robot or its key is gone or wrong.
    final: ClassVar[frozenset[int]] = frozenset()

    @classmethod
    def check(cls, url: str, secret: str) -> None:
        """
        Refuse a URL that is not of this service's robots.

        :raises AddressError: saying what is expected
        """
        parts = urlsplit(url) if url.isprintable() else SplitResult("", "", "", "", "")
        if parts.hostname != cls.host and settings.CHANNELS_LOOPBACK:
            parts = posting.checked(url)
        elif (parts.scheme, parts.netloc) != ("https", cls.host):
            parts = SplitResult("", "", "", "", "")
        if not cls._has_key(parts):
            msg = _("This is not the URL of such a robot. It begins with %(start)s")
            raise AddressError(msg % {"start": cls.example})
        if secret and not cls.takes_secret:
            msg = _("These robots have no secret besides the URL: leave it empty.")
            raise AddressError(msg)

    def send(self, letter: Letter) -> None:
        """
        Post a letter to the group.

        :raises FailedError: in one of its four kinds
        """
        text = shortened(letter, self.longest)
        url, payload = self.signed(letter, self.payload(text))
        body = json.dumps(payload, ensure_ascii=False).encode()
        answer = posting.post(url, body=body, headers=_JSON)
        number = self._number(answer.body)
        if number in self.final:
            raise NeverError(Trouble.REFUSED, f"robot's answer {number}")
        if number != 0:
            raise LaterError(Trouble.REFUSED, f"robot's answer {number}")

    def close(self) -> None:
        """Nothing is kept open."""

    def payload(self, text: str) -> dict[str, Any]:
        """Return what is posted."""
        return {"msgtype": "text", "text": {"content": text}}

    def signed(
        self, letter: Letter, payload: dict[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        """Return URL and payload, with the signature where the robot wants one."""
        return letter.address, payload

    @classmethod
    def _has_key(cls, parts: SplitResult) -> bool:
        if not cls.key:
            rest = parts.path.removeprefix(cls.path)
            return rest != parts.path and rest.replace("-", "").isalnum()
        return parts.path == cls.path and bool(parse_qs(parts.query).get(cls.key))

    @staticmethod
    def _number(body: bytes) -> int | None:
        try:
            said = json.loads(body)
            return int(said.get("errcode", said.get("code")))
        except (ValueError, TypeError, AttributeError):
            return None


def shortened(letter: Letter, longest: int) -> str:
    """Return subject, text and link within so many bytes; the text gives way."""
    ends = len(f"{letter.subject}\n\n\n\n{letter.link}…".encode())
    room, text = max(longest - ends, 0), letter.text.encode()
    if len(text) > room:
        cut = text[:room].decode("utf-8", "ignore")
        text = f"{cut}…".encode()
    parts = (letter.subject, text.decode(), letter.link)
    return "\n\n".join(part for part in parts if part)
