"""Proof for one act."""

import datetime as dt
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import transaction

from accounts.permissions import RefusedError
from accounts.services.credentials import TooSoonError, WrongCredentialError, prove
from tests.factories import NOW, PASSWORD, make_user

SECOND = dt.timedelta(seconds=1)


def code_now(secret: str) -> str:
    counter = int(time.time()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


@pytest.mark.django_db
class TestProve:
    def test_takes_the_password(self) -> None:
        user = make_user(password=PASSWORD)

        proof = prove(user=user, password=PASSWORD, at=NOW)

        assert (proof.user_id, proof.factor, proof.at) == (user.pk, "password", NOW)

    def test_takes_a_code_once_even_if_the_cache_forgets(self) -> None:
        user = make_user()
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(user, secret)
        code = code_now(secret)

        assert prove(user=user, code=code, at=NOW).factor == "totp"

        cache.clear()
        with pytest.raises(WrongCredentialError):
            prove(user=user, code=code, at=NOW + SECOND)

    def test_takes_a_recovery_code_once(self) -> None:
        user = make_user(password=PASSWORD)
        totp.TOTP.activate(user, totp.generate_totp_secret())
        code = RecoveryCodes.activate(user).get_unused_codes()[0]

        assert prove(user=user, code=code, at=NOW).factor == "recovery_code"
        with pytest.raises(WrongCredentialError):
            prove(user=user, code=code, at=NOW)

    def test_refuses_who_has_no_factor(self) -> None:
        with pytest.raises(RefusedError, match="neither a password"):
            prove(user=make_user(), password=PASSWORD, at=NOW)

    def test_a_code_alone_is_nothing_to_who_has_no_authenticator(self) -> None:
        user = make_user(password=PASSWORD)

        with pytest.raises(WrongCredentialError):
            prove(user=user, code="123456", at=NOW)
        assert not Authenticator.objects.filter(user_id=user.pk).exists()

    def test_wrong_tries_slow_down_and_never_lock_out(self) -> None:
        user = make_user(password=PASSWORD)
        at = NOW
        for wait in (0, 0, 2, 4, 8, 16, 32, 60, 60, 60):
            with pytest.raises(WrongCredentialError):
                prove(user=user, password="wrong", at=at)
            if wait:
                with pytest.raises(TooSoonError, match=rf"in {wait} second"):
                    prove(user=user, password=PASSWORD, at=at)
            at += wait * SECOND

        assert prove(user=user, password=PASSWORD, at=at).factor == "password"

    def test_of_two_tries_at_once_the_later_may_be_counted_first(self) -> None:
        user = make_user(password=PASSWORD)
        with pytest.raises(WrongCredentialError):
            prove(user=user, password="wrong", at=NOW + SECOND)

        assert prove(user=user, password=PASSWORD, at=NOW).factor == "password"

    def test_a_right_try_forgets_the_wrong_ones(self) -> None:
        user = make_user(password=PASSWORD)
        for _ in range(2):
            with pytest.raises(WrongCredentialError):
                prove(user=user, password="wrong", at=NOW)
        prove(user=user, password=PASSWORD, at=NOW)

        for _ in range(3):
            with pytest.raises(WrongCredentialError):
                prove(user=user, password="wrong", at=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_try_stays_counted_whatever_becomes_of_the_act() -> None:
    user = make_user(password=PASSWORD)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        prove(user=user, password=PASSWORD, at=NOW)
