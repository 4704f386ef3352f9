"""Input of the operator's page of bureaus."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.codes import regions
from accounts.codes.errors import CodeError
from accounts.forms.fields import DayField, LineField
from accounts.models import Bureau
from accounts.models.bureaus import BureauLevel


class BureauForm(forms.Form):
    """A bureau, its superior, and the places that it covers from a day on."""

    name = LineField(label=_("Name"), max_length=100)
    level = forms.ChoiceField(label=_("Level"), choices=BureauLevel)
    parent = forms.ModelChoiceField(
        label=_("Superior bureau"),
        queryset=Bureau.objects.none(),
        to_field_name="public_id",
        required=False,
    )
    phone = LineField(label=_("Telephone"), max_length=30, required=False)
    covers = LineField(
        label=_("Covers the places with these codes (GB/T 2260)"),
        max_length=500,
        help_text=_("Six digits each, separated by spaces: 211282 211281."),
    )
    starts_on = DayField(label=_("Covers them from"))

    def __init__(self, *args: Any, bureaus: QuerySet[Bureau], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: Any = self.fields["parent"]
        parent.queryset = bureaus

    def clean(self) -> dict[str, Any]:
        """Hold each code against the list of the day."""
        values = super().clean() or self.cleaned_data
        if values.get("covers") and values.get("starts_on"):
            codes = values["covers"].replace(",", " ").replace("，", " ").split()
            try:
                checked = [regions.check(c, on=values["starts_on"]).code for c in codes]
            except CodeError as error:
                self.add_error("covers", ValidationError(str(error)))
            else:
                values["covers"] = list(dict.fromkeys(checked))
        return values
