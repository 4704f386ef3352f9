"""
Posting to where people say. The name is resolved once, the address it gave is checked
to be public, and to that very address the connection is made; redirects are not
followed; neither the answer's size nor its pace is the receiver's to choose.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.exceptions import InvalidSchema, InvalidURL
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from accounts.channels.letter import (
    AddressError,
    LaterError,
    NeverError,
    UnclearError,
)
from accounts.models import Trouble

CONNECTS_WITHIN: Final = 5.0
ANSWERS_WITHIN: Final = 10.0
LONGEST: Final = 20.0
"""Seconds for one post in all, however slowly the receiver lets its answer drip."""
LARGEST: Final = 64 * 1024
"""Bytes of an answer that are read."""
_BUSY: Final = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Answer:
    """What the receiving server said."""

    status: int
    body: bytes


def checked(url: str) -> SplitResult:
    """
    Return the parts of a URL to which the portal may post: https, no password in it,
    and a host whose address is public at this moment. (It is looked at again at every
    post.) Where the settings allow this machine itself, also http to it.

    :raises AddressError: saying what is wrong
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressError(_("This is not a URL.")) from error
    if not host or not url.isprintable() or " " in url:
        raise AddressError(_("This is not a URL."))
    if parts.username or parts.password:
        raise AddressError(_("The URL must not hold a name and a password."))
    if parts.scheme != "https" and not _is_loopback_allowed(parts):
        raise AddressError(_("The URL must begin with https://."))
    try:
        filter_host(host, port or 443, allow_loopback=settings.CHANNELS_LOOPBACK)
    except InvalidIPAddress as error:
        raise AddressError(
            _(
                "This URL leads into an internal network. Give one that can be reached "
                "from everywhere."
            )
        ) from error
    except (requests.RequestException, UnicodeError, ValueError) as error:
        raise AddressError(_("No server was found under this name.")) from error
    return parts


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """
    Post, and return the answer if it is one of success.

    :raises LaterError: if nobody answers, or the receiver is busy or broken
    :raises NeverError: if it refuses, redirects, or is not at a public address
    :raises UnclearError: if the connection broke after the request had gone
    """
    with _manager().get_session() as session:
        # Neither proxies nor passwords out of this process's surroundings.
        session.trust_env = False
        for adapter in session.adapters.values():
            _watch_pools(adapter)
        try:
            with session.post(
                url, data=body, headers=dict(headers), stream=True
            ) as response:
                read = response.raw.read(LARGEST, decode_content=True)
                answer = Answer(response.status_code, read or b"")
        except InvalidIPAddress as error:
            raise NeverError(Trouble.INTERNAL) from error
        except (InvalidURL, InvalidSchema) as error:
            raise NeverError(Trouble.ADDRESS) from error
        except (requests.RequestException, OSError, ValueError) as error:
            # Only the kind of error: its text holds the URL.
            if _is_before_sending(error):
                raise LaterError(Trouble.AWAY, type(error).__name__) from None
            raise UnclearError(type(error).__name__) from None
    return _successful(answer)


def _successful(answer: Answer) -> Answer:
    if 200 <= answer.status < 300:
        return answer
    said = f"HTTP {answer.status}"
    if answer.status >= 500 or answer.status in _BUSY:
        raise LaterError(Trouble.REFUSED, said)
    raise NeverError(Trouble.REFUSED, said)


def _manager() -> Manager:
    return Manager(
        Config(
            default_timeout=(CONNECTS_WITHIN, ANSWERS_WITHIN),
            never_redirect=True,
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=settings.CHANNELS_LOOPBACK,
            user_agent_override="hazard-portal",
        )
    )


def _is_loopback_allowed(parts: SplitResult) -> bool:
    if not settings.CHANNELS_LOOPBACK or parts.scheme != "http":
        return False
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _is_before_sending(error: BaseException | None) -> bool:
    """Whether the connection never stood, so that nothing can have arrived."""
    early = (
        NewConnectionError,
        ConnectTimeoutError,
        socket.gaierror,
        ssl.SSLCertVerificationError,
    )
    while error is not None:
        if isinstance(error, early):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Watched:
    """A connection that is cut when its time is over, in whatever it is engaged."""

    _watch: threading.Timer | None = None
    sock: socket.socket | None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        if self.sock is not None:
            self._watch = threading.Timer(LONGEST, _cut, [self.sock])
            self._watch.daemon = True
            self._watch.start()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().close()  # type: ignore[misc]


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _WatchedHttp(_Watched, HTTPConnection):
    pass


class _WatchedHttps(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHttps


def _watch_pools(adapter: Any) -> None:
    adapter.poolmanager.pool_classes_by_scheme = {
        "http": _HttpPool,
        "https": _HttpsPool,
    }
