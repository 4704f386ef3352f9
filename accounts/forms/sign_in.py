"""The form at the door."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """A username or a mobile number, and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Username or mobile number"),
            max_length=60,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autofocus": True}
            ),
        )
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """Return what our backend takes, whatever the login looks like."""
        return {
            "username": self.cleaned_data["login"],
            "password": self.cleaned_data["password"],
        }
