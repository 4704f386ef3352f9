"""Input of the pages of stops: shape only, the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from hazards.forms.reports import ReasonForm
from hazards.models import Attachment
from hazards.services.suspensions import Stop

CONFIRM, REFUSE = "confirm", "refuse"


class StopForm(ReasonForm):
    """A stop of the whole enterprise, with its evidence."""

    from_on = DayField(label=_("First day on which everything stood still"))
    to_on = DayField(
        label=_("Last such day, if it is over"),
        required=False,
        help_text=_("Leave empty while the stop runs; say later when you work again."),
    )
    evidence = forms.FileField(
        label=_("Evidence: photo or PDF"),
        required=False,
        help_text=_(
            "For example the decision to stop, power readings, a notice of the "
            "authority. JPEG, PNG, HEIC or PDF."
        ),
        widget=forms.ClearableFileInput(
            attrs={"accept": "application/pdf,image/jpeg,image/png,.heic,.heif"}
        ),
    )
    # The file of an earlier try, which the browser cannot send again by itself.
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    whole = forms.BooleanField(
        label=_("The whole enterprise stands still: all sites, all production."),
        error_messages={
            "required": _(
                "Only a stop of the whole enterprise can be declared here. Where some "
                "of it works, that is inspected and reported as always."
            )
        },
    )

    field_order = ("from_on", "to_on", "reason", "evidence", "kept", "whole")

    def clean(self) -> dict[str, Any]:
        """The days in order, and a file."""
        said = super().clean() or self.cleaned_data
        if not said.get("evidence") and not said.get("kept"):
            self.add_error("evidence", _("Choose the evidence."))
        first, last = said.get("from_on"), said.get("to_on")
        if first and last and last < first:
            self.add_error(
                "to_on", _("The last day lies before the first: correct the days.")
            )
        return said

    def stop(self, evidence: Attachment) -> Stop:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        return Stop(
            from_on=said["from_on"],
            to_on=said["to_on"],
            reason=said["reason"],
            evidence=evidence,
        )


class ResumeForm(forms.Form):
    """The last day of a stop that is over."""

    to_on = DayField(label=_("Last day on which everything stood still"))


class EndForm(ReasonForm):
    """The last day of a stop as it should have been entered, and why."""

    to_on = DayField(label=_("Right last day on which everything stood still"))

    field_order = ("to_on", "reason")


class AnswerForm(ReasonForm):
    """The bureau's answer to a declared stop."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (CONFIRM, _("Confirm: the whole enterprise stood still on these days")),
            (REFUSE, _("Refuse: the evidence does not show that")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Confirm or refuse.")},
    )

    field_order = ("answer", "reason")

    def confirmed(self) -> bool:
        """Whether the stop is confirmed, once the form is valid."""
        return bool(self.cleaned_data["answer"] == CONFIRM)
