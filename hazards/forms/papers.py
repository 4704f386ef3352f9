"""What an officer types from a paper; shape only, the service decides."""

import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField, LineField
from hazards.forms.hazards import PlanForm, WhatForm
from hazards.models import PLAN_FIELDS, Attachment, MajorHazard, TeamKind
from hazards.rules import catalogue
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services.descriptions import Description, last_description
from hazards.services.papers import HazardPaper, Paper, PaperHazard, PaperVisit

VISITS, HAZARDS, QUARTERS = 2, 3, 8
"""How many of each the page takes; a paper that says more is corrected on line."""


def copied(page: str, name: str, *, required: bool = False) -> forms.Field:
    """The field of the enterprise's own page, without its hint."""
    form = WhatForm if page == "what" else PlanForm
    field = deepcopy(form.base_fields[name])
    field.required, field.help_text = required, ""
    return field


class PaperVisitForm(forms.Form):
    """An inspection that the paper names; left empty, there is none."""

    started_on = DayField(label=_("First day"))
    ended_on = DayField(label=_("Last day, if another"), required=False)
    team = forms.ChoiceField(
        label=_("Who inspected"), choices=TeamKind, initial=TeamKind.INTERNAL
    )
    external_organisation = LineField(
        label=_("Outside organisation, if one inspected"),
        max_length=120,
        required=False,
    )
    people = forms.CharField(
        label=_("People, by name"),
        help_text=_("Separated by commas or line breaks."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    principal_took_part = forms.BooleanField(
        label=_("The paper says that the principal took part"), required=False
    )

    def clean_people(self) -> list[str]:
        """The names."""
        names = re.split(r"[,，、;；\n]", self.cleaned_data["people"])
        return [name.strip()[:60] for name in names if name.strip()]

    def clean(self) -> dict[str, Any]:
        """An outside organisation has a name."""
        said = super().clean() or self.cleaned_data
        if said.get("team") == TeamKind.EXTERNAL and not said["external_organisation"]:
            message = _("Name the outside organisation that inspected.")
            self.add_error("external_organisation", message)
        return said

    def visit(self) -> PaperVisit:
        """What was typed, for the service."""
        said = self.cleaned_data
        external = said["team"] == TeamKind.EXTERNAL
        return PaperVisit(
            started_on=said["started_on"],
            ended_on=said["ended_on"] or said["started_on"],
            team=TeamKind(said["team"]),
            people=said["people"],
            external_organisation=said["external_organisation"] if external else "",
            principal_took_part=said["principal_took_part"],
        )


class PaperHazardForm(forms.Form):
    """A major hazard that the paper names; left empty, there is none."""

    clause = forms.ChoiceField(label=_("Clause"))
    place = LineField(label=_("Exact place or equipment"), max_length=200)
    description = forms.CharField(
        label=_("What is wrong"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_clauses(self, on=on)

    def hazard(self) -> PaperHazard:
        """What was typed, for the service."""
        return PaperHazard(**self.cleaned_data)


def _offer_clauses(form: forms.Form, *, on: dt.date) -> None:
    field = form.fields["clause"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for mypy)
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in catalogue.in_force(on):
        label = f"{each.number_zh} {each.zh[:36]}"
        groups[each.standard.zh].append((each.code, label))
    field.choices = [("", "—"), *groups.items()]


class ReceiptForm(forms.Form):
    """When a paper came, and its scan."""

    received_on = DayField(label=_("Day on which your bureau received it"))
    received_time = forms.TimeField(
        label=_("Time (Beijing time)"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    scan = forms.FileField(
        label=_("Scan of the paper: PDF or photo"),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": "application/pdf,image/jpeg,image/png,.heic,.heif"}
        ),
    )
    # The scan of an earlier try, which the browser cannot send again by itself.
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note: how it came, and why on paper"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """A paper has a scan."""
        said = super().clean() or self.cleaned_data
        if not said.get("scan") and not said.get("kept"):
            self.add_error("scan", _("Choose the scan of the paper."))
        return said

    def said_of_the_hazard(self) -> list[forms.BoundField]:
        """The fields of what the paper says of one hazard, in order."""
        own = {*ReceiptForm.base_fields, "hazard", "key"}
        return [self[name] for name in self.fields if name not in own]

    def received_at(self) -> dt.datetime:
        """The officer's word, once all is valid."""
        said = self.cleaned_data
        return dt.datetime.combine(
            said["received_on"], said["received_time"], tzinfo=SHANGHAI
        )

    def paper(self, scan: Attachment) -> Paper | HazardPaper:
        """What was typed, for the service, once all is valid."""
        raise NotImplementedError


class PaperForm(ReceiptForm):
    """A quarter's paper, with its inspections and hazards as forms of their own."""

    quarter = forms.ChoiceField(label=_("Quarter that it reports"))
    nothing_found = forms.BooleanField(
        label=_("The paper says that no major accident hazard was found"),
        required=False,
    )

    def __init__(
        self, data: Any = None, *args: Any, on: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(data, *args, **kwargs)
        this = Quarter.containing(on)
        field = self.fields["quarter"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for mypy)
        offered = [this.shifted(-back) for back in range(QUARTERS)]
        field.choices = [(str(q), str(q)) for q in offered]
        self.initial.setdefault("quarter", str(this.previous()))
        parts: dict[str, Any] = {
            "empty_permitted": True,
            "use_required_attribute": False,
        }
        self.visits = [
            PaperVisitForm(data, prefix=f"visit{n}", **parts)
            for n in range(1, VISITS + 1)
        ]
        self.hazards = [
            PaperHazardForm(data, prefix=f"hazard{n}", on=on, **parts)
            for n in range(1, HAZARDS + 1)
        ]

    def is_valid(self) -> bool:
        """Whether this and every part of it is."""
        return all([super().is_valid(), *(p.is_valid() for p in self._parts())])

    def clean(self) -> dict[str, Any]:
        """Either hazards or that there are none."""
        said = super().clean()
        named = any(form.has_changed() for form in self.hazards)
        if said.get("nothing_found") and named:
            self.add_error(
                "nothing_found",
                _("Either nothing was found, or hazards are named below; not both."),
            )
        if not said.get("nothing_found") and not named:
            self.add_error(
                "nothing_found",
                _("Tick this if the paper says so; else name each hazard below."),
            )
        return said

    def paper(self, scan: Attachment) -> Paper:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        return Paper(
            quarter=Quarter.parse(said["quarter"]),
            received_at=self.received_at(),
            scan=scan,
            visits=[form.visit() for form in self.visits if form.has_changed()],
            hazards=[form.hazard() for form in self.hazards if form.has_changed()],
            note=said["note"],
        )

    def _parts(self) -> list[forms.Form]:
        return [*self.visits, *self.hazards]


class HazardPaperForm(ReceiptForm):
    """A paper that reports one hazard; what it does not say stays empty."""

    # A form sent twice begins one hazard.
    key = forms.UUIDField(widget=forms.HiddenInput)
    clause = forms.ChoiceField(label=_("Clause"))
    place = LineField(label=_("Exact place or equipment"), max_length=200)
    found_on = DayField(label=_("Day on which it was found, as the paper says"))
    found_time = forms.TimeField(
        label=_("At what time; the beginning of the day if it does not say"),
        initial="00:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    description = copied("what", "description", required=True)
    causes = copied("what", "causes")
    harm = copied("what", "harm")
    difficulty = copied("what", "difficulty")
    interim_measures = copied("plan", "interim_measures")

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_clauses(self, on=on)
        self.initial.setdefault("key", uuid.uuid4())

    def paper(self, scan: Attachment) -> HazardPaper:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        found_at = dt.datetime.combine(
            said["found_on"], said["found_time"], tzinfo=SHANGHAI
        )
        texts = ("causes", "harm", "difficulty", "interim_measures")
        return HazardPaper(
            key=said["key"],
            received_at=self.received_at(),
            scan=scan,
            note=said["note"],
            description=Description(
                found_at=found_at,
                clause=said["clause"],
                place=said["place"],
                description=said["description"],
                **{name: said[name] for name in texts},
            ),
        )


class PlanPaperForm(ReceiptForm):
    """A treatment plan on paper, for a hazard that the bureau knows of."""

    hazard = forms.ChoiceField(label=_("Hazard that it is for"))
    plan_goals = copied("plan", "plan_goals")
    plan_measures = copied("plan", "plan_measures")
    plan_funds = copied("plan", "plan_funds")
    plan_people = copied("plan", "plan_people")
    plan_schedule = copied("plan", "plan_schedule")
    plan_emergency = copied("plan", "plan_emergency")
    interim_measures = copied("plan", "interim_measures")
    responsible_person = copied("plan", "responsible_person")
    due_on = copied("plan", "due_on")

    def __init__(
        self, *args: Any, hazards: Iterable[MajorHazard], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._hazards = {str(hazard.public_id): hazard for hazard in hazards}
        field = self.fields["hazard"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for mypy)
        named = [(key, str(hazard)) for key, hazard in self._hazards.items()]
        field.choices = [("", "—"), *named]

    def paper(self, scan: Attachment) -> HazardPaper:
        """What was typed, for the service, once all is valid."""
        said = dict(self.cleaned_data)
        hazard = self._hazards[said["hazard"]]
        names = (*PLAN_FIELDS, "interim_measures", "responsible_person", "due_on")
        return HazardPaper(
            hazard=hazard,
            received_at=self.received_at(),
            scan=scan,
            note=said["note"],
            description=replace(
                last_description(hazard), **{name: said[name] for name in names}
            ),
        )
