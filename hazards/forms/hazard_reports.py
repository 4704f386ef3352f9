"""What a team types of one hazard that it reports at once, and of its plan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import InstantField
from hazards.forms.hazards import HazardForm, PlanForm, WhatForm
from hazards.models import ReportVersion
from hazards.services.descriptions import Description

CAMERA = "image/*"


class FirstPageForm(WhatForm):
    """Page 1: what is wrong, where, since when; what is known on the spot."""

    causes = harm = difficulty = None  # type: ignore[assignment]
    # Of a hazard not yet begun: as which closed one it came back.
    again = forms.UUIDField(widget=forms.HiddenInput, required=False)
    # When a device that was offline says it was typed.
    typed_at = InstantField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A page kept for days is opened with the day and time of that moment.
        self.fields["found_on"].widget.attrs["data-now"] = "date"
        self.fields["found_time"].widget.attrs["data-now"] = "time"

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of a description."""
        self.cleaned_data.pop("again", None)
        self.cleaned_data.pop("typed_at", None)
        return super().values()


class _LastPageForm(HazardForm):
    """The page from which it is sent; on it stands why the report is corrected."""

    correction_reason = forms.CharField(
        label=_("Why the report is corrected"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, version: ReportVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version.ordinal == 1:
            del self.fields["correction_reason"]
        else:
            self.initial.setdefault("correction_reason", version.correction_reason)

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of a description."""
        typed = super().values()
        typed.pop("correction_reason", None)
        return typed


class SecondPageForm(_LastPageForm):
    """Page 2: what Order 16, art. 14 wants to be said, and what is done at once."""

    causes = WhatForm.base_fields["causes"]
    harm = WhatForm.base_fields["harm"]
    difficulty = WhatForm.base_fields["difficulty"]
    interim_measures = PlanForm.base_fields["interim_measures"]
    field_order = ("causes", "harm", "difficulty", "interim_measures")

    @staticmethod
    def initial_of(description: Description) -> dict[str, Any]:
        """What stands in the description now."""
        return dict(vars(description))


class TreatmentPlanForm(_LastPageForm, PlanForm):
    """The six elements in the order of Order 16, art. 15, and what goes with them."""

    rectified_on = None  # type: ignore[assignment]
    field_order = (
        *(name for name in PlanForm.base_fields if name.startswith("plan_")),
        "interim_measures",
        "responsible_person",
        "funds_planned",
        "due_on",
    )
