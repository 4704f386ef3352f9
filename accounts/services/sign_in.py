"""Checking a password at the door, and showing people out of it."""

import datetime as dt
import math

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import ngettext

from accounts.codes import mobile
from accounts.codes.errors import CodeError
from accounts.codes.width import half_width
from accounts.models import User
from accounts.permissions import RefusedError
from accounts.services import attempts

LOCKED_AFTER = 5
LOCKED_FOR = dt.timedelta(minutes=5)


class LockedError(RefusedError):
    """Too many wrong tries; the message says how long to wait."""


def authenticate(*, login: str, password: str, at: dt.datetime) -> User | None:
    """
    Return the person, or None for a wrong login or password.

    A try is counted before the password is looked at. An unknown login is counted,
    refused and takes as long as a known one.

    :raises LockedError: after five wrong tries for five minutes
    """
    typed = as_typed(login)
    key = key_of(typed)
    locked_until = attempts.count_to_limit(
        key=key, limit=LOCKED_AFTER, lock=LOCKED_FOR, at=at
    )
    if locked_until is not None:
        raise LockedError(_wait(locked_until - at))
    user = _find(typed)
    if user is None:
        make_password(password)
        return None
    if not user.check_password(password) or not user.is_active:
        return None
    attempts.forget(key)
    return user


def as_typed(login: str) -> str:
    """Return a login as it is compared: a number's digits, or a lower-case name."""
    try:
        return mobile.check(login)
    except CodeError:
        return half_width(login).strip().lower()


def key_of(typed: str) -> str:
    """Return the key under which tries for a login are counted."""
    return attempts.key_for("sign-in", typed)


def end_sessions(*, user: User) -> None:
    """Sign the person out everywhere."""
    User.objects.filter(pk=user.pk).update(sessions_epoch=F("sessions_epoch") + 1)


def forget_expired_sessions(*, at: dt.datetime) -> int:
    """Delete the sessions that nobody can go on with any more; how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]


def _find(typed: str) -> User | None:
    if typed.isdigit():
        return User.objects.filter(mobile=typed).first()
    return User.objects.alias(name=Lower("username")).filter(name=typed).first()


def _wait(left: dt.timedelta) -> str:
    minutes = max(1, math.ceil(left / dt.timedelta(minutes=1)))
    return ngettext(
        "Too many wrong tries for this name or number: wait %(minutes)d minute, then "
        "try again.",
        "Too many wrong tries for this name or number: wait %(minutes)d minutes, then "
        "try again.",
        minutes,
    ) % {"minutes": minutes}
