"""Input of the pages of general hazards: shape only, the services decide."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import DayField, LineField
from accounts.models import Site
from hazards.forms.filters import FilterForm
from hazards.forms.hazards import ClauseGroups, ClauseSelect
from hazards.forms.reports import ReasonForm
from hazards.models import Attachment
from hazards.queries.general_hazards import Standing, Wanted
from hazards.services.general_hazards import GeneralDescription, Rectification

STANDINGS = (
    (Standing.OPEN, _("open")),
    (Standing.OVERDUE, _("past their deadline")),
    (Standing.RECTIFIED, _("eliminated")),
    (Standing.STRUCK_OUT, _("struck out")),
    (Standing.GRADED_UP, _("graded up to major")),
)


def _photo(**options: Any) -> forms.FileField:
    return forms.FileField(
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,.heic,.heif"}),
        **options,
    )


def _text(rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class GeneralHazardForm(forms.Form):
    """What is wrong, where, who eliminates it; short enough for a phone."""

    # Made with the page: sent twice, it is one hazard.
    key = forms.UUIDField(widget=forms.HiddenInput)
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    site = forms.ChoiceField(
        label=_("Site"),
        error_messages={
            "required": _("Choose one of your enterprise's sites."),
            "invalid_choice": _("Choose one of your enterprise's sites."),
        },
    )
    place = LineField(label=_("Exact place or equipment"), max_length=200)
    description = _text(2, label=pgettext_lazy("of a hazard", "What is wrong"))
    before = _photo(label=_("Photo, before"))
    found_on = DayField(label=_("Day on which it was found"))
    reason = _text(
        2,
        label=_("Why it is general and not major"),
        help_text=_("Small harm, and it can be eliminated at once or soon."),
    )
    responsible_person = LineField(
        label=_("Who eliminates it"), max_length=60, required=False
    )
    due_on = DayField(label=_("To be eliminated by"), required=False)

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sites = {str(site.public_id): site for site in sites}
        field: Any = self.fields["site"]
        field.choices = [(key, site.name) for key, site in self._sites.items()]
        if len(self._sites) > 1:
            field.choices = [("", "—"), *field.choices]

    def said(self, before: Attachment | None) -> GeneralDescription:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        names = ("place", "description", "reason", "found_on", "due_on")
        return GeneralDescription(
            site_id=self._sites[said["site"]].pk,
            responsible_person=said["responsible_person"],
            before_id=before.pk if before else None,
            **{name: said[name] for name in names},
        )

    @property
    def public_id(self) -> uuid.UUID:
        """The key of the form, once all is valid."""
        key: uuid.UUID = self.cleaned_data["key"]
        return key


class RectifiedForm(forms.Form):
    """That it was eliminated: when, how, at what cost, and how it looks now."""

    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    rectified_on = DayField(label=_("Day on which it was eliminated"))
    measures = _text(2, label=_("What was done"))
    funds_spent = forms.DecimalField(
        label=_("Funds spent, in 10,000 yuan (万元)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    after = _photo(label=_("Photo, after"))

    def done(self, after: Attachment | None) -> Rectification:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        return Rectification(
            rectified_on=said["rectified_on"],
            measures=said["measures"],
            funds_spent=said["funds_spent"],
            after_id=after.pk if after else None,
        )


class GradeUpForm(ReasonForm):
    """Under which clause it is major after all, and why."""

    clause = forms.ChoiceField(
        label=_("Clause that describes it"),
        widget=ClauseSelect,
        error_messages={
            "required": _("Choose a clause from the list."),
            "invalid_choice": _("Choose a clause from the list."),
        },
    )
    field_order = ("clause", "reason")

    def __init__(self, *args: Any, clauses: ClauseGroups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["clause"]
        field.choices = [
            ("", "—"),
            *((name, [(c.code, c.label) for c in group]) for name, group in clauses),
        ]
        field.widget.known = {c.code: c for _, group in clauses for c in group}


class GeneralFilterForm(FilterForm):
    """Which general hazards of the list, by how they stand and when found."""

    standing = forms.ChoiceField(
        label=_("How it stands"),
        required=False,
        choices=[("", pgettext_lazy("states", "all")), *STANDINGS],
    )

    def wanted(self) -> Wanted:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        standing = read.get("standing")
        return Wanted(
            standing=Standing(standing) if standing else None,
            quarter=read.get("quarter"),
        )
