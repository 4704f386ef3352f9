"""Input of the pages about where an enterprise works."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.codes import regions
from accounts.codes.errors import CodeError
from accounts.forms.fields import DayField, LineField
from accounts.models import Bureau, Enterprise, Site


class SiteForm(forms.Form):
    """A site by name, address and county."""

    name = LineField(label=_("Name"), max_length=100)
    address = LineField(label=_("Address"), max_length=200)
    county = LineField(
        label=_("County (GB/T 2260 code)"),
        max_length=6,
        help_text=_("Six digits, like 211281."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on

    def clean_county(self) -> str:
        """The code, if it is in use today."""
        try:
            return regions.check(self.cleaned_data["county"], on=self._on).code
        except CodeError as error:
            raise ValidationError(str(error)) from error


class HandOverForm(forms.Form):
    """Which bureau receives, from where, from when, and why."""

    site = forms.ModelChoiceField(
        label=_("For"),
        queryset=Site.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("the whole enterprise"),
    )
    bureau = forms.ModelChoiceField(
        label=_("Bureau that receives"),
        queryset=Bureau.objects.none(),
        to_field_name="public_id",
    )
    starts_on = DayField(label=_("From"))
    reason = LineField(label=_("Reason"), min_length=5, max_length=500)

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site: Any = self.fields["site"]
        site.queryset = Site.objects.filter(enterprise=enterprise).order_by("id")
        bureau: Any = self.fields["bureau"]
        bureau.queryset = Bureau.objects.order_by("path")
