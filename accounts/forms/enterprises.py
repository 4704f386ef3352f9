"""Input of a bureau's pages of its enterprises."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField


class ImportForm(forms.Form):
    """A list of enterprises, and from when this bureau receives their reports."""

    file = forms.FileField(
        label=_("List of enterprises (XLSX, at most 5 MB and 5,000 rows)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    starts_on = DayField(
        label=_("Your bureau receives their reports from"),
        help_text=_("The first day of a quarter, as a rule."),
    )
