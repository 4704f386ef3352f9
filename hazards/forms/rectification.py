"""Input of what an enterprise does about a major hazard."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import day_field
from hazards.forms.acts import DocumentsForm, PhotosForm
from hazards.models import Audience, Stop


class ProgressForm(PhotosForm):
    """How the rectification goes on."""

    stopped = forms.ChoiceField(
        label=_("Does work stand still because of the hazard?"),
        required=False,
        choices=[("", _("No work stands still")), *Stop.choices],
        widget=forms.RadioSelect,
    )
    funds_spent = forms.DecimalField(
        label=_("Funds spent with this step, in ten thousand yuan (may stay empty)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        error_messages={"min_value": _("Funds cannot be less than nothing.")},
    )

    field_order = (
        "key",
        "typed_at",
        "text",
        "before",
        "after",
        "documents",
        "stopped",
        "funds_spent",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("What was done")

    def said(self) -> dict[str, Any]:
        """Funds and stops."""
        stopped = self.cleaned_data["stopped"]
        return {
            "funds_spent": self.cleaned_data["funds_spent"],
            "stopped": Stop(stopped) if stopped else None,
        }


class TellingForm(DocumentsForm):
    """Who was told, when, how."""

    demands_evidence = True

    audience = forms.ChoiceField(
        label=_("Who was told"), choices=Audience.choices, widget=forms.RadioSelect
    )
    on = day_field(label=_("On which day"))

    field_order = ("key", "typed_at", "audience", "on", "text", "documents")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("How, and what was said")
        self.fields["on"].initial = self.acting.on

    def said(self) -> dict[str, Any]:
        """Who was told."""
        return {"audience": Audience(self.cleaned_data["audience"])}
