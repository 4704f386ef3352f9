"""Proof, for one act, that the person at the keyboard is who they say."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.codes.width import half_width
from accounts.models import User
from accounts.permissions import RefusedError
from accounts.services import attempts

Factor = Literal["password", "totp", "recovery_code"]


class WrongCredentialError(RefusedError):
    """The password or code was not right; nothing was done."""


class TooSoonError(RefusedError):
    """Wrong tries slow down; the message says for how many seconds."""


@dataclass(frozen=True)
class FreshProof:
    """What a person showed, and when, for one act and no other."""

    user_id: int
    factor: Factor
    at: dt.datetime


def prove(
    *, user: User, password: str = "", code: str = "", at: dt.datetime
) -> FreshProof:
    """
    Check the password, or the code of the second factor, at this moment.

    The try is counted before the secret is looked at and stays counted whatever
    becomes of the act; call it before the act's transaction begins.

    :raises WrongCredentialError: if it is wrong or missing, or a used code
    :raises TooSoonError: after wrong tries, before the wait is over
    :raises RefusedError: if the person has neither a password nor a second factor
    :raises RuntimeError: if called inside a transaction
    """
    _require_a_factor(user)
    if not password and not code:
        raise WrongCredentialError(
            _("Type your password, or a code from your authenticator app.")
        )
    key = attempts.key_for("proof", str(user.pk))
    next_try_at = attempts.count_slowing(key=key, at=at)
    if next_try_at is not None:
        raise TooSoonError(_wait(next_try_at - at))
    factor = _factor_shown(user, password=password, code=code, at=at)
    if factor is None:
        raise WrongCredentialError(
            _("This password or code is not right. Nothing was done; try again.")
        )
    attempts.forget(key)
    return FreshProof(user_id=user.pk, factor=factor, at=at)


def has_factor(*, user: User) -> bool:
    """Tell whether the person has anything to show."""
    return user.has_usable_password() or bool(_authenticators(user))


def remove_second_factors(*, user: User) -> None:
    """Delete authenticator apps, passkeys and recovery codes."""
    Authenticator.objects.filter(user_id=user.pk).delete()


def _require_a_factor(user: User) -> None:
    if not user.is_active or not has_factor(user=user):
        raise RefusedError(
            _("You have neither a password nor a second factor: set one, then sign.")
        )


def _authenticators(user: User) -> dict[str, Authenticator]:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    rows = Authenticator.objects.filter(user_id=user.pk, type__in=kinds)
    return {str(row.type): row for row in rows}


def _factor_shown(
    user: User, *, password: str, code: str, at: dt.datetime
) -> Factor | None:
    if password:
        return "password" if user.check_password(password) else None
    typed = "".join(half_width(code).split())
    known = _authenticators(user)
    if len(typed) == 6 and Authenticator.Type.TOTP in known:
        return "totp" if _totp(known[Authenticator.Type.TOTP], typed, at) else None
    if Authenticator.Type.RECOVERY_CODES in known:
        right = RecoveryCodes(known[Authenticator.Type.RECOVERY_CODES])
        return "recovery_code" if right.validate_code(typed) else None
    return None


def _totp(authenticator: Authenticator, code: str, at: dt.datetime) -> bool:
    """Right and never used before: allauth remembers that only in the cache."""
    if not TOTP(authenticator).validate_code(code):
        return False
    half_minute = int(at.timestamp()) // 30
    with transaction.atomic():
        # A code holds for its own half minute and, by the clock's drift, the next.
        fresh = [
            attempts.use_once(
                key=attempts.key_for("totp", f"{authenticator.pk}:{code}:{moment}"),
                at=at,
            )
            for moment in (half_minute - 1, half_minute, half_minute + 1)
        ]
    return all(fresh)


def _wait(left: dt.timedelta) -> str:
    seconds = max(1, math.ceil(left.total_seconds()))
    return ngettext(
        "After wrong tries you have to wait: try again in %(seconds)d second.",
        "After wrong tries you have to wait: try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
