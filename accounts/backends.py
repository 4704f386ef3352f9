"""Sign-in by username or mobile number."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.services import sign_in


class UsernameOrMobileBackend(BaseBackend):
    """Checks a password; tries are counted before it is looked at."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """
        Return the person, or None for a wrong name, number or password.

        :raises accounts.services.sign_in.LockedError: after too many wrong tries
        """
        if username is None or password is None:
            return None
        return sign_in.authenticate(
            login=username, password=password, at=timezone.now()
        )

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, unless disabled."""
        return User.objects.filter(pk=user_id, is_active=True).first()
