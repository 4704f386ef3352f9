"""
Text messages, by whatever provider a place has a contract with. None is shipped: the
setting `SMS_PROVIDER` names a class of the place's own by its dotted path.
"""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.channels.letter import AddressError, Letter


class Provider(Protocol):
    """
    What a provider's class has to offer. It is made without arguments, and its
    `send` raises the errors of `accounts.channels.letter`, nothing else.
    """

    def send(self, *, mobile: str, text: str, key: str, is_repeat: bool) -> None:
        """
        Have a text sent to a number of eleven digits, in mainland China. `key` is the
        same for a repeat, so that a provider that knows it can leave that out.

        :raises FailedError: in one of its four kinds
        """


class Sms:
    """Subject and link, as a text message has room for little more."""

    def __init__(self) -> None:
        self._provider: Provider = import_string(settings.SMS_PROVIDER)()

    @classmethod
    def check(cls, url: str, secret: str) -> None:
        """
        Refuse an address: text messages go to the mobile number of the account.

        :raises AddressError: if there is one
        """
        if url or secret:
            raise AddressError

    def send(self, letter: Letter) -> None:
        """
        Hand a letter to the provider.

        :raises FailedError: in one of its four kinds
        """
        text = " ".join(part for part in (letter.subject, letter.link) if part)
        self._provider.send(
            mobile=letter.address,
            text=text,
            key=letter.key,
            is_repeat=letter.is_repeat,
        )

    def close(self) -> None:
        """Nothing is kept open here."""
