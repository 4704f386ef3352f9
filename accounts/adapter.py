"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """There is no open sign-up: people come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False
