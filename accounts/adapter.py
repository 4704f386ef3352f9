"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.forms.language import bring, chosen_in
from accounts.models import User
from accounts.services import sign_in

_WRONG = _("The name, number or password is not right.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """There is no open sign-up: people come by invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "phone_password_mismatch": _WRONG,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """
        Check a password at sign-in. Our own count of tries stands in allauth's place.

        :raises ValidationError: with the wait, after too many wrong tries
        """
        try:
            return authenticate(request, **credentials)
        except sign_in.LockedError as locked:
            raise ValidationError(str(locked), code="locked") from locked

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        """
        Go on in the language chosen in this browser; without one, in the language
        that the person chose on the profile page.
        """
        response: HttpResponse = super().post_login(request, user, **how)
        if not chosen_in(request):
            bring(response, language=user.language)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Sign out here and everywhere else."""
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            sign_in.end_sessions(user=user)

    def is_safe_url(self, url: str) -> bool:
        """Stay on this site."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)
