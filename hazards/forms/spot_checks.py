"""The form of a new spot check, and what the list is narrowed by."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import DayField, LineField
from accounts.models import Membership
from hazards.forms.filters import FilterForm
from hazards.forms.reports import TEXT_LIMIT
from hazards.models import AssistantKind, CheckKind, CheckState
from hazards.queries.check_lists import CheckFilter
from hazards.queries.check_offers import Offered
from hazards.services.check_plans import Assistant, CheckPlan

ASSISTANTS_OFFERED = 3


class PlanForm(forms.Form):
    """
    What is planned; what it offers belongs to the enterprise, and the `matters`, each
    with its words, to the day.
    """

    kind = forms.ChoiceField(
        label=_("Why you come"),
        choices=CheckKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why you come.")},
    )
    plan_reference = LineField(
        label=_("Plan or clue under which you come"),
        required=False,
        max_length=200,
        help_text=_(
            "The yearly plan or the filed plan of a special inspection, with its "
            "number; otherwise the number of the complaint or of the transfer."
        ),
    )
    matters = forms.MultipleChoiceField(
        label=_("What is looked at"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what is looked at.")},
    )
    purpose = forms.CharField(
        label=_("Why this enterprise, and what is to be found out"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your head reads this; the enterprise does not."),
        error_messages={"required": _("Say why this enterprise is checked.")},
    )
    planned_on = DayField(
        label=_("Day"), error_messages={"required": _("Choose the day.")}
    )
    site = forms.ChoiceField(label=_("Site"), required=False)
    officers = forms.MultipleChoiceField(
        label=_("Officers, at least two"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least two officers.")},
    )
    joint_bureau = forms.ChoiceField(
        label=_("Bureau that joins"),
        required=False,
        help_text=_("A check by two bureaus together counts once."),
    )

    def __init__(
        self,
        *args: Any,
        offered: Offered,
        matters: list[tuple[str, str]],
        on: dt.date,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._sites = {str(site.public_id): site for site in offered.sites}
        self._bureaus = {str(bureau.public_id): bureau for bureau in offered.bureaus}
        self._officers = {str(each.public_id): each for each in offered.officers}
        self.fields["planned_on"].initial = on
        self._offer("matters", matters)
        self._offer(
            "site",
            [
                ("", _("the whole enterprise")),
                *((key, site.name) for key, site in self._sites.items()),
            ],
        )
        self._offer(
            "joint_bureau",
            [
                ("", pgettext_lazy("a bureau that joins", "none")),
                *((key, bureau.name) for key, bureau in self._bureaus.items()),
            ],
        )
        self._offer(
            "officers",
            [(key, _seat(each)) for key, each in self._officers.items()],
        )
        for place in range(1, ASSISTANTS_OFFERED + 1):
            self._offer_assistant(place)

    @property
    def assistants(self) -> list[list[forms.BoundField]]:
        """The fields of each person who comes along, in a row."""
        return [
            [self[f"{name}_{place}"] for name in ("name", "organisation", "as")]
            for place in range(1, ASSISTANTS_OFFERED + 1)
        ]

    def plan(self) -> CheckPlan:
        """What was typed, for the service, once all is valid."""
        said = self.cleaned_data
        site = self._sites.get(said["site"])
        joining = self._bureaus.get(said["joint_bureau"])
        return CheckPlan(
            kind=CheckKind(said["kind"]),
            matters=tuple(said["matters"]),
            purpose=said["purpose"],
            plan_reference=said["plan_reference"],
            planned_on=said["planned_on"],
            officers=tuple(self._officers[key].pk for key in said["officers"]),
            site_id=site.pk if site else None,
            joint_bureau_id=joining.pk if joining else None,
            assistants=tuple(self._said_assistants()),
        )

    def _said_assistants(self) -> list[Assistant]:
        said = self.cleaned_data
        return [
            Assistant(
                kind=AssistantKind(said[f"as_{place}"]),
                name=said[f"name_{place}"],
                organisation=said[f"organisation_{place}"],
            )
            for place in range(1, ASSISTANTS_OFFERED + 1)
            if said[f"name_{place}"]
        ]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = choices

    def _offer_assistant(self, place: int) -> None:
        self.fields[f"name_{place}"] = LineField(
            label=_("Name"), required=False, max_length=60
        )
        self.fields[f"organisation_{place}"] = LineField(
            label=_("From where"), required=False, max_length=120
        )
        self.fields[f"as_{place}"] = forms.ChoiceField(
            label=_("As what"), choices=AssistantKind.choices, required=False
        )

    def clean(self) -> dict[str, Any]:
        """Whoever comes along comes as something."""
        said = super().clean() or self.cleaned_data
        for place in range(1, ASSISTANTS_OFFERED + 1):
            if said.get(f"name_{place}") and not said.get(f"as_{place}"):
                self.add_error(f"as_{place}", _("Say as what this person comes."))
        return said


def _seat(officer: Membership) -> str:
    """An officer with the certificate and the bureau."""
    known = (officer.user.full_name, officer.certificate_number)
    return " · ".join((*known, officer.organisation_name))


class CheckFilterForm(FilterForm):
    """Which checks of the list."""

    quarter = None  # type: ignore[assignment]  # a check is of no quarter
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", pgettext_lazy("states", "all")), *CheckState.choices],
    )
    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=[("", pgettext_lazy("kinds of checks", "all")), *CheckKind.choices],
    )

    def wanted(self) -> CheckFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        return CheckFilter(
            state=CheckState(read["state"]) if read.get("state") else None,
            kind=CheckKind(read["kind"]) if read.get("kind") else None,
        )
