"""What an operator decides of reminders that were parked."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ParkedForm(forms.Form):
    """Of which run, and whether they are sent."""

    run = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=[("send", _("Send them")), ("drop", _("Drop them"))]
    )

    def is_to_send(self) -> bool:
        """Whether they are sent, once the form is valid."""
        return bool(self.cleaned_data["decision"] == "send")
