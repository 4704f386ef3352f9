"""Which ways out this place uses."""

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from django.conf import settings

from accounts.channels.dingtalk import DingTalk
from accounts.channels.feishu import Feishu
from accounts.channels.letter import (
    FailedError,
    Letter,
    NeverError,
    Sender,
    UnclearError,
    Way,
)
from accounts.channels.mail import Mail
from accounts.channels.sms import Sms
from accounts.channels.webhook import Webhook
from accounts.channels.wecom import WeCom
from accounts.models import OUTSIDE, Channel, Trouble

log = logging.getLogger(__name__)

_ADDED: Final[Mapping[Channel, type[Way]]] = {
    Channel.WECOM: WeCom,
    Channel.DINGTALK: DingTalk,
    Channel.FEISHU: Feishu,
    Channel.WEBHOOK: Webhook,
    Channel.SMS: Sms,
}


def offered() -> list[Channel]:
    """Return the channels to which a person may add an address here."""
    chosen = set(settings.CHANNELS)
    return [
        each
        for each in OUTSIDE
        if (settings.SMS_PROVIDER if each == Channel.SMS else each.value in chosen)
    ]


def check(kind: Channel, *, url: str, secret: str) -> None:
    """
    Refuse an address to which the channel does not write.

    :raises AddressError: saying what is wrong
    """
    _ADDED[kind].check(url, secret)


class Outlets:
    """The ways out of one run, each opened by its first letter, closed at the end."""

    def __init__(self) -> None:
        self._open: dict[Channel, Sender] = {}
        self._offered: Mapping[Channel, type[Sender]] = {
            Channel.EMAIL: Mail,
            **{each: _ADDED[each] for each in offered()},
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sender in self._open.values():
            sender.close()

    def send(self, channel: Channel, letter: Letter) -> None:
        """
        Hand a letter over.

        :raises FailedError: in one of its four kinds
        """
        if channel not in self._offered:
            raise NeverError(Trouble.NOT_OFFERED)
        if channel not in self._open:
            self._open[channel] = self._offered[channel]()
        try:
            self._open[channel].send(letter)
        except FailedError:
            raise
        except Exception as error:
            # A place's own provider may raise anything; the others must get theirs.
            log.exception("channel %s failed in a way of its own", channel)
            raise UnclearError(type(error).__name__) from error
