"""What a team says of a major hazard, as typed: what and where, then the plan."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import DayField
from accounts.models import Site
from hazards.forms.inspections import Difference
from hazards.services.descriptions import Description

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEXT_LIMIT = 4000


@dataclass(frozen=True)
class ClauseOption:
    """A clause to choose: its code, its name, and the words by which it is found."""

    code: str
    label: str
    text: str
    words: str


ClauseGroups = Sequence[tuple[str, Sequence[ClauseOption]]]


class ClauseSelect(forms.Select):
    """Clauses under their articles; each option carries its text and its words."""

    known: Mapping[str, ClauseOption] = {}

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Put the text and the words on the option, for the search on the page."""
        option = super().create_option(*args, **kwargs)
        clause = self.known.get(str(option["value"]))
        if clause is not None:
            option["attrs"] |= {"data-text": clause.text, "data-words": clause.words}
        return option


def _text(rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class HazardForm(forms.Form):
    """A part of a description. `revision` says from which save it was made."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def said(self, before: Description) -> Description:
        """The whole description: what was typed here, and the other page's values."""
        return replace(before, **self.values())

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of a description."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "revision"
        }

    def differences(self, stored: Description) -> list[Difference]:
        """Set what is stored beside what was typed, where the two disagree."""
        return [
            Difference(
                label=str(self.fields[self._field_of(name)].label),
                stored=self._written(name, getattr(stored, name)),
                typed=self._written(name, value),
            )
            for name, value in self.values().items()
            if getattr(stored, name) != value
        ]

    def _field_of(self, name: str) -> str:
        return name

    def _written(self, name: str, value: Any) -> str:
        return "" if value is None else str(localize(value))


class WhatForm(HazardForm):
    """What is wrong, and where. A draft may lack anything but the moment."""

    # Of a hazard not yet begun: a form sent twice begins one.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    found_on = DayField(
        label=_("Day on which it was found"),
        error_messages={"required": _("Say on which day it was found.")},
    )
    found_time = forms.TimeField(
        label=_("At what time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("As near as people remember. It is fixed once it is registered."),
        error_messages={"required": _("Say at what time, as near as you know.")},
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
        error_messages={"invalid_choice": _("Choose one of your enterprise's sites.")},
    )
    place = forms.CharField(
        label=_("Exact place or equipment"),
        required=False,
        max_length=200,
        help_text=_(
            "So that an inspector finds it: hall, line, number of the machine."
        ),
    )
    description = _text(4, label=pgettext_lazy("of a hazard", "What is wrong"))
    causes = _text(3, label=_("How it came about"))
    harm = _text(3, label=_("What harm it can do, and to whom"))
    difficulty = _text(
        3,
        label=_("How hard it is to put right"),
        help_text=_(
            "Causes, harm and difficulty belong to every report of a major hazard "
            "(安监总局令第16号, art. 14)."
        ),
    )

    def __init__(
        self,
        *args: Any,
        sites: Sequence[Site],
        clauses: ClauseGroups,
        shown: ClauseGroups | None = None,
        fixed_at: dt.datetime | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sites = {str(site.public_id): site for site in sites}
        field: Any = self.fields["site"]
        field.choices = [("", "—"), *((key, s.name) for key, s in self._sites.items())]
        self._offer(clauses, clauses if shown is None else shown)
        self._fixed_at = fixed_at
        if fixed_at is not None:
            for name in ("found_on", "found_time"):
                self.fields[name].disabled = True

    def _offer(self, clauses: ClauseGroups, shown: ClauseGroups) -> None:
        """Take any clause, show those that the words have narrowed the list to."""
        self._known = offer(self.fields["clause"], clauses, shown)

    @staticmethod
    def initial_of(
        description: Description, *, sites: Sequence[Site]
    ) -> dict[str, Any]:
        """What stands in the description now."""
        found = description.found_at.astimezone(SHANGHAI)
        named = [s.public_id for s in sites if s.pk == description.site_id]
        return {
            **vars(description),
            "found_on": found.date(),
            "found_time": found.time(),
            "site": str(named[0]) if named else "",
        }

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of a description."""
        typed = super().values()
        del typed["words"], typed["key"]
        moment = dt.datetime.combine(
            typed.pop("found_on"), typed.pop("found_time"), tzinfo=SHANGHAI
        )
        site = self._sites.get(typed.pop("site"))
        return {
            **typed,
            "found_at": self._fixed_at or moment,
            "site_id": site.pk if site else None,
        }

    def _field_of(self, name: str) -> str:
        return {"found_at": "found_on", "site_id": "site"}.get(name, name)

    def _written(self, name: str, value: Any) -> str:
        if name == "site_id":
            names = {site.pk: site.name for site in self._sites.values()}
            return names.get(value, "")
        if name == "clause":
            return self._known[value].label if value in self._known else str(value)
        if name == "found_at":
            value = value.astimezone(SHANGHAI)
        return super()._written(name, value)


class PlanForm(HazardForm):
    """What is done about it: at once, by plan, by whom, until when."""

    interim_measures = _text(
        3,
        label=_("Interim measures: what is done until it is eliminated"),
        help_text=_(
            "Stopped, fenced off, people moved, watched; and from when. "
            "(安监总局令第16号, art. 16)"
        ),
    )
    plan_goals = _text(2, label=_("Plan 1: goals and tasks"))
    plan_measures = _text(2, label=_("Plan 2: methods and measures"))
    plan_funds = _text(2, label=_("Plan 3: funds and materials"))
    plan_people = _text(2, label=_("Plan 4: bodies and people who carry it out"))
    plan_schedule = _text(2, label=_("Plan 5: time limits and requirements"))
    plan_emergency = _text(2, label=_("Plan 6: safety measures and emergency plan"))
    responsible_person = forms.CharField(
        label=_("Person responsible"), required=False, max_length=60
    )
    funds_planned = forms.DecimalField(
        label=_("Funds planned, in 万元 (ten thousand yuan)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
        help_text=_("0 if it costs nothing; leave empty if not known yet."),
    )
    due_on = DayField(label=_("To be eliminated by"), required=False)
    rectified_on = DayField(
        label=_("Eliminated on"),
        required=False,
        help_text=_("Only if it has been eliminated and checked; else leave it empty."),
    )

    @staticmethod
    def initial_of(description: Description) -> dict[str, Any]:
        """What stands in the description now; a sum without the zeros it ends on."""
        funds = description.funds_planned
        plain = None if funds is None else f"{funds.normalize():f}"
        return {**vars(description), "funds_planned": plain}


def offer(
    field: Any, clauses: ClauseGroups, shown: ClauseGroups
) -> Mapping[str, ClauseOption]:
    """
    Let a field with a `ClauseSelect` take any of the clauses and show those that words
    have narrowed the list to; return all by code.
    """
    field.choices = [("", "—"), *_choices(clauses)]
    field.widget.choices = [("", "—"), *_choices(shown)]
    field.widget.known = known = {
        option.code: option for _heading, group in clauses for option in group
    }
    return known


def _choices(groups: ClauseGroups) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (heading, [(option.code, option.label) for option in group])
        for heading, group in groups
    ]
