"""Fields that clean what people paste."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.codes import mobile
from accounts.codes.errors import CodeError
from accounts.codes.years import YEARS
from accounts.models import User


class LineField(forms.CharField):
    """One line: line breaks and runs of spaces become one space."""

    def to_python(self, value: Any) -> str:
        """Return the text on one line."""
        return " ".join(str(super().to_python(value) or "").split())


class MobileField(LineField):
    """A mobile number of mainland China, as its eleven digits."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        options = {"label": _("Mobile number"), "widget": widget, **options}
        super().__init__(max_length=30, **options)

    def clean(self, value: Any) -> str:
        """Return the digits; a sentence says what is wrong with others."""
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return mobile.check(text)
        except CodeError as error:
            raise ValidationError(
                str(error.message), code=error.code, params=error.params
            ) from error


class NewPasswordField(forms.CharField):
    """A new password, typed twice in two of these."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(strip=False, widget=widget, max_length=200, **options)


class DayField(forms.DateField):  # noqa: TID251 (the one place)
    """A day, picked or typed as 2026-04-10, of the years that people mean."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, "input_formats": ["%Y-%m-%d"], **options})

    def to_python(self, value: Any) -> dt.date | None:
        """Return the day; a sentence says what is wrong with its year."""
        day = super().to_python(value)
        _require_year(day)
        return day


class InstantField(forms.DateTimeField):  # noqa: TID251 (the one place)
    """An instant that a device says, of the same years."""

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the instant; a sentence says what is wrong with its year."""
        instant = super().to_python(value)
        _require_year(instant)
        return instant


def _require_year(day: dt.date | None) -> None:
    if day is not None and day.year not in YEARS:
        raise ValidationError(
            _("%(day)s cannot be meant: check the year, from %(first)s to %(last)s."),
            code="year",
            params={
                "day": f"{day.year:04}-{day:%m-%d}",
                "first": f"{YEARS.start}",
                "last": f"{YEARS.stop - 1}",
            },
        )


def require_contact(form: forms.Form) -> None:
    """Add an error unless there is a mobile number or an e-mail address."""
    values = form.cleaned_data
    if {"mobile", "email"} & form.errors.keys():
        return
    if not values.get("mobile") and not values.get("email"):
        form.add_error(
            "mobile", _("Give a mobile number or an e-mail address, or both.")
        )


def require_same_and_good(form: forms.Form, *, user: User) -> None:
    """Add errors to two new passwords that differ or that a validator refuses."""
    first = form.cleaned_data.get("password1")
    second = form.cleaned_data.get("password2")
    if first and second and first != second:
        form.add_error("password2", _("The two passwords differ: type both again."))
        return
    if first:
        try:
            validate_password(first, user)
        except ValidationError as error:
            form.add_error("password1", error)
