"""Input of the pages of findings: shape only, the services decide."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import DayField, LineField
from accounts.models import Site
from hazards.forms.hazards import ClauseGroups, ClauseSelect, offer
from hazards.models import MatchVerdict, Regulator, Stop
from hazards.queries.candidates import Candidate
from hazards.services.findings import Assessment, Found

TEXT_LIMIT = 4000
CAMERA = "image/*,.heic,.heif,application/pdf"

_MAJOR, _OTHER, _GENERAL = "major", "other", "general"
_YES, _NO = "yes", "no"


def _text(rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class FindingForm(forms.Form):
    """What was found, under which clause, where, and what was ordered on the spot."""

    # Made with the page: sent twice, it is one finding.
    key = forms.UUIDField(widget=forms.HiddenInput)
    grade = forms.ChoiceField(
        label=_("What it is"),
        initial=_MAJOR,
        choices=(
            (_MAJOR, _("suspected major hazard under a clause below")),
            (_OTHER, _("suspected major hazard under another department's criteria")),
            (_GENERAL, _("a general hazard")),
        ),
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Find the clause by words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "data-narrow": "id_clause",
            }
        ),
    )
    clause = forms.ChoiceField(
        label=_("Clause that describes it"),
        required=False,
        widget=ClauseSelect,
        error_messages={"invalid_choice": _("Choose a clause from the list.")},
    )
    site = forms.ChoiceField(
        label=_("Site"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the enterprise's sites.")},
    )
    place = LineField(label=_("Exact place or equipment"), max_length=200)
    description = _text(3, label=pgettext_lazy("of a hazard", "What is wrong"))
    ordered = _text(2, label=_("What was ordered on the spot"), required=False)
    stop_ordered = forms.ChoiceField(
        label=_("What has to stand still"),
        required=False,
        choices=[("", _("No work has to stand still")), *Stop.choices],
    )
    rectify_by = DayField(
        label=_("To be put right by"),
        required=False,
        help_text=_("That day included."),
    )

    def __init__(
        self,
        *args: Any,
        sites: Sequence[Site],
        clauses: ClauseGroups,
        shown: ClauseGroups | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sites = {str(site.public_id): site for site in sites}
        field: Any = self.fields["site"]
        field.choices = [
            ("", _("the whole enterprise")),
            *((key, site.name) for key, site in self._sites.items()),
        ]
        offer(self.fields["clause"], clauses, clauses if shown is None else shown)

    def found(self) -> Found:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        site = self._sites.get(said["site"])
        names = ("place", "description", "ordered", "stop_ordered", "rectify_by")
        return Found(
            is_major=said["grade"] != _GENERAL,
            regulator=Regulator.OTHER.value if said["grade"] == _OTHER else "",
            clause=said["clause"],
            site_id=site.pk if site else None,
            **{name: said[name] for name in names},
        )

    @property
    def form_key(self) -> uuid.UUID:
        """The key of the form, once all is valid."""
        key: uuid.UUID = self.cleaned_data["key"]
        return key


def _judged(**options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False,
        choices=(("", _("not judged")), (_YES, _("yes")), (_NO, _("no"))),
        widget=forms.RadioSelect,
        **options,
    )


class AssessmentForm(forms.Form):
    """What only an officer on site can judge."""

    measures_effective = _judged(
        label=_("Are effective measures being taken to remove it?"),
        help_text=_("Look at the plan and at what is done on site (item 10)."),
    )
    existed_at_last_inspection = _judged(
        label=_("Was it there at the last inspection of the enterprise's own team?"),
    )
    falsified = forms.BooleanField(
        label=_("There are signs that records were falsified"), required=False
    )
    stop_order_defied = forms.BooleanField(
        label=_("An order to stop was not obeyed"), required=False
    )
    accident = forms.BooleanField(
        label=_("An accident has happened because of it"), required=False
    )
    note = _text(3, label=_("What this rests on"))

    def said(self) -> Assessment:
        """What was judged, for the service, once all is valid."""
        said = self.cleaned_data
        words = {_YES: True, _NO: False}
        return Assessment(
            note=said["note"],
            measures_effective=words.get(said["measures_effective"]),
            existed_at_last_inspection=words.get(said["existed_at_last_inspection"]),
            falsified=said["falsified"],
            stop_order_defied=said["stop_order_defied"],
            accident=said["accident"],
        )


class AnswerForm(forms.Form):
    """The answer on one candidate; its fields are named after the hazard."""

    verdict = forms.ChoiceField(
        label=_("Is it what you found?"),
        choices=[
            (value, label)
            for value, label in MatchVerdict.choices
            if value != MatchVerdict.NONE
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer for this hazard.")},
    )
    note = LineField(label=_("Note on it"), required=False, max_length=300)

    def __init__(
        self, data: Any = None, *, candidate: Candidate, **kwargs: Any
    ) -> None:
        self.candidate = candidate
        super().__init__(data, prefix=str(candidate.record.public_id), **kwargs)

    def answer(self) -> tuple[uuid.UUID, str, str]:
        """Hazard, verdict and note, once all is valid."""
        said = self.cleaned_data
        return self.candidate.record.public_id, said["verdict"], said["note"]


class MatchForm(forms.Form):
    """Why the comparison comes to what it does, and which candidates were seen."""

    seen = forms.CharField(max_length=20, widget=forms.HiddenInput)
    note = _text(3, label=_("Why, in words that an outsider can follow"))


class SecondForm(forms.Form):
    """A second person's word; `round` says which comparison was read."""

    round = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Do you agree?"),
        choices=(
            (_YES, _("Yes: nothing on record is what was found")),
            (_NO, _("No: it must be compared again")),
        ),
        widget=forms.RadioSelect,
    )
    note = _text(3, label=_("What you looked at, and why"))

    @property
    def does_agree(self) -> bool:
        """Whether the person agrees, once all is valid."""
        return bool(self.cleaned_data["agrees"] == _YES)
