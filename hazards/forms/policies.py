"""What a bureau's head types: a policy from a day on, a working day or day off."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import DayField
from hazards.queries.policies import CHOICES
from hazards.rules.policies import PolicyDefinition, PolicyType, PolicyValueError

_REFUSALS: Final[Mapping[str, Promise]] = {
    "choice": gettext_lazy("Choose one of the values shown."),
    "integer": gettext_lazy("Enter a whole number from %(minimum)s to %(maximum)s."),
    "boolean": gettext_lazy("Choose yes or no."),
    "quarter": gettext_lazy("Write a quarter like 2026Q3: the year, Q, and 1 to 4."),
    "date": gettext_lazy("Choose a day that exists, like 2026-02-27."),
    "year": gettext_lazy("No such year can be meant: check it."),
}


class PolicyForm(forms.Form):
    """A value of one policy, the day from which it holds, and why."""

    value = forms.CharField(
        label=gettext_lazy("New value"),
        error_messages={"required": gettext_lazy("Say what shall hold.")},
    )
    starts_on = DayField(
        label=gettext_lazy("From this day on"),
        error_messages={"required": gettext_lazy("Say from which day it holds.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "A decision, a notice, a meeting: what somebody can look up later."
        ),
        error_messages={"required": gettext_lazy("Give the reason.")},
    )

    def __init__(
        self, *args: Any, definition: PolicyDefinition, on: dt.date, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.definition = definition
        self.on = on
        self.fields["value"].widget = _widget(definition)
        self.fields["value"].help_text = _hint(definition)
        self.helper = _plain("value", "starts_on", "reason")

    def clean_value(self) -> str:
        """Read the value as the policy reads it; return it as it is stored."""
        try:
            value = self.definition.parse(self.cleaned_data["value"])
        except PolicyValueError as error:
            message = _REFUSALS[error.code] % error.params
            raise forms.ValidationError(message) from error
        return self.definition.write(value)

    def clean_starts_on(self) -> dt.date:
        """Refuse a day that has passed: what was decided under it stays decided."""
        return _not_past(
            self.cleaned_data["starts_on"],
            on=self.on,
            message=_(
                "A policy cannot be set for days that have passed: choose today or a "
                "later day."
            ),
        )


class DayForm(forms.Form):
    """A day declared working or free."""

    day = DayField(
        label=gettext_lazy("Day"),
        error_messages={"required": gettext_lazy("Say which day.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("This day is"),
        choices=[
            ("off", gettext_lazy("a day off")),
            ("work", gettext_lazy("a working day")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example the notice that declares the holiday."),
        error_messages={"required": gettext_lazy("Give the reason.")},
    )

    def __init__(self, *args: Any, on: dt.date, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.on = on
        self.helper = _plain("day", "kind", "reason")

    def clean_day(self) -> dt.date:
        """Refuse a day that has passed: deadlines reckoned with it stay as told."""
        return _not_past(
            self.cleaned_data["day"],
            on=self.on,
            message=_("This day has passed: choose today or a later day."),
        )


def _not_past(day: dt.date, *, on: dt.date, message: str) -> dt.date:
    if day < on:
        raise forms.ValidationError(message)
    return day


def _widget(definition: PolicyDefinition) -> forms.Widget:
    if definition.type == PolicyType.CHOICE:
        return forms.RadioSelect(choices=[(c, CHOICES[c]) for c in definition.choices])
    if definition.type == PolicyType.BOOLEAN:
        return forms.RadioSelect(choices=[("true", _("yes")), ("false", _("no"))])
    if definition.type == PolicyType.INTEGER:
        return forms.TextInput(attrs={"inputmode": "numeric"})
    if definition.type == PolicyType.DATE:
        return forms.TextInput(attrs={"type": "date"})
    return forms.TextInput()


def _hint(definition: PolicyDefinition) -> str:
    if definition.type == PolicyType.INTEGER:
        return _("A whole number from %(minimum)s to %(maximum)s.") % {
            "minimum": definition.minimum,
            "maximum": definition.maximum,
        }
    return ""


def _plain(*fields: str) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*fields)
    return helper
