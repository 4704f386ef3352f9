"""Input of the report pages: shape only, the services decide."""

import base64
import binascii
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hazards.models import ReportVersion, SelfInspection
from hazards.services.reports import Draft

TEXT_LIMIT = 4000


class VisitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Visits to choose from, each by its day, who came, and its number."""

    def label_from_instance(self, obj: Model) -> str:
        """What stands beside the box."""
        if not isinstance(obj, SelfInspection):
            return str(obj)
        when = date_format(obj.started_on, "DATE_FORMAT")
        return f"{when} · {obj.get_team_display()} · {obj.number}"


def _text(rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class DraftForm(forms.Form):
    """A draft may lack anything; what is missing is said before it is sent."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    inspections = VisitsField(
        queryset=SelfInspection.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Inspections of this quarter on which the report rests"),
    )
    nothing_found = forms.BooleanField(
        required=False,
        label=_("These inspections found no major accident hazard."),
        help_text=_(
            "Tick only if it is so. A hazard that somebody found later, and that you "
            "knew of, weighs against the enterprise."
        ),
    )
    scope = _text(
        4,
        label=_("What was inspected"),
        help_text=_("Sites, workshops, equipment and work that the team looked at."),
    )
    coverage = _text(
        4,
        label=_("By which standards, and what was left out"),
        help_text=_(
            "For example: all clauses for metal works; the boiler house was closed "
            "and is inspected in October."
        ),
    )
    remarks = _text(2, label=_("Remarks (may stay empty)"))
    correction_reason = _text(
        2,
        label=_("Why the report is corrected"),
        help_text=_("The bureau and the principal read this first."),
    )

    def __init__(self, *args: Any, version: ReportVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visits = SelfInspection.objects.filter(
            enterprise_id=version.report.enterprise_id
        ).held_in(version.report.quarter)
        field = self.fields["inspections"]
        field.queryset = visits.order_by("started_on", "id")  # type: ignore[attr-defined]
        if version.ordinal == 1:
            del self.fields["correction_reason"]
        if version.stated.exists():
            # What is described in the report was found: no box can say otherwise.
            del self.fields["nothing_found"]

    @cached_property
    def has_visits(self) -> bool:
        """Whether there are visits to choose from; read once for the page."""
        field: Any = self.fields["inspections"]
        field.choices = list(field.choices)
        return bool(field.choices)

    @staticmethod
    def initial_of(version: ReportVersion) -> dict[str, Any]:
        """What stands in the version now."""
        return {
            "revision": version.revision,
            "inspections": [row.inspection_id for row in version.listed.all()],
            "nothing_found": bool(version.nothing_found),
            "scope": version.scope,
            "coverage": version.coverage,
            "remarks": version.remarks,
            "correction_reason": version.correction_reason,
        }

    def draft(self) -> Draft:
        """What was typed, for the service."""
        typed = self.cleaned_data
        return Draft(
            # An empty box is not the statement that something was found.
            nothing_found=True if typed.get("nothing_found") else None,
            scope=typed["scope"],
            coverage=typed["coverage"],
            remarks=typed["remarks"],
            correction_reason=typed.get("correction_reason", ""),
        )


class SignForm(forms.Form):
    """The digest and bytes that were shown, and fresh proof of who signs."""

    shown = forms.CharField(widget=forms.HiddenInput)
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=200,
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        required=False,
        max_length=20,
        label=_("or a code from your authenticator app"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )

    def clean_shown(self) -> bytes:
        """The bytes of the content that the page showed."""
        try:
            return base64.b64decode(self.cleaned_data["shown"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise forms.ValidationError(
                _("The page was damaged on its way: reload it and sign again.")
            ) from error

    @staticmethod
    def carry(content: bytes) -> str:
        """The shown bytes as they travel in the form."""
        return base64.b64encode(content).decode()


class ReasonForm(forms.Form):
    """A reason that somebody else will read."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={
            "required": _("Say why, so that the others know what to do."),
            "min_length": _("Say a little more: at least five characters."),
        },
    )
