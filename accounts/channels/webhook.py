"""A system of the enterprise's or the bureau's own, told by JSON."""

import hashlib
import hmac
import json

from accounts.channels import posting
from accounts.channels.letter import Letter


class Webhook:
    """
    POST of a JSON object: `key` (the same for a repeat), `kind`, `at` (ISO 8601 with
    offset), `subject`, `text`, `link`, `repeat`. With a secret, `X-Signature` is
    `sha256=` and the HMAC of the body in hexadecimal.
    """

    @classmethod
    def check(cls, url: str, secret: str) -> None:
        """
        Refuse what is not https to a public address.

        :raises AddressError: saying what is wrong
        """
        posting.checked(url)

    def send(self, letter: Letter) -> None:
        """
        Post a letter.

        :raises FailedError: in one of its four kinds
        """
        said = {
            "key": letter.key,
            "kind": letter.kind,
            "at": letter.at.isoformat(),
            "subject": letter.subject,
            "text": letter.text,
            "link": letter.link,
            "repeat": letter.is_repeat,
        }
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Notice-Key": letter.key,
        }
        if letter.is_repeat:
            headers["X-Repeat"] = "1"
        if letter.secret:
            digest = hmac.new(letter.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Signature"] = f"sha256={digest}"
        posting.post(letter.address, body=body, headers=headers)

    def close(self) -> None:
        """Nothing is kept open."""
