"""What is supposed to be found, and where; sent by GET, it writes nothing."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from accounts.models import Site
from hazards.forms.hazards import ClauseGroups, ClauseSelect, offer
from hazards.queries.what_ifs import site_of
from hazards.rules.likeness import Described


class WhatIfForm(forms.Form):
    """A clause in force and a place; `hazard` says which one of the record, or none."""

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
        widget=ClauseSelect,
        error_messages={
            "required": _("Choose the clause that describes it."),
            "invalid_choice": _("Choose a clause from the list."),
        },
    )
    site = forms.ChoiceField(
        label=_("Site"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the enterprise's sites.")},
    )
    place = LineField(
        label=_("Exact place or equipment"), required=False, max_length=200
    )
    hazard = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    NEW = "none"
    """Of `hazard`: it is on nobody's record."""

    def __init__(
        self,
        *args: Any,
        sites: Sequence[Site],
        clauses: ClauseGroups,
        shown: ClauseGroups,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sites = sites
        choice: Any = self.fields["site"]
        choice.choices = [("", "—"), *((str(s.public_id), s.name) for s in sites)]
        offer(self.fields["clause"], clauses, shown)

    def described(self) -> Described:
        """What is supposed, as it is compared with the record."""
        said = self.cleaned_data
        return Described(
            clause=said["clause"],
            site=site_of(self._sites, said["site"]),
            place=said["place"],
        )

    @property
    def is_new(self) -> bool:
        """Whether it is supposed to be on nobody's record."""
        return bool(self.cleaned_data["hazard"] == self.NEW)

    @property
    def chosen(self) -> uuid.UUID | None:
        """The hazard that it is supposed to be, if one was said."""
        try:
            return uuid.UUID(self.cleaned_data["hazard"])
        except ValueError:
            return None
