"""What a team says of a visit, as typed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import DayField
from accounts.models import Capacity, Membership, Role, Site
from hazards.models import Attendance, SelfInspection, TeamKind
from hazards.services.inspections import Visit

_NAME_LENGTH = 60


@dataclass(frozen=True)
class Difference:
    """A field on which what is stored and what was typed disagree."""

    label: str
    stored: str
    typed: str


def capacity_words(code: str) -> str | Promise:
    """The words for a stored capacity or role; the text itself if it is neither."""
    return {**dict(Role.choices), **dict(Capacity.choices)}.get(code, code)


class VisitForm(forms.Form):
    """A visit, whether new or changed. `revision` says from which save it was made."""

    started_on = DayField(
        label=gettext_lazy("First day"),
        error_messages={
            "required": gettext_lazy("Say on which day the inspection began.")
        },
    )
    ended_on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave empty if it took one day."),
    )
    sites = forms.MultipleChoiceField(
        label=gettext_lazy("Sites inspected"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one site that was inspected.")
        },
    )
    areas = forms.CharField(
        label=gettext_lazy("Areas and equipment inspected"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For example: furnace hall, gas alarms, dust ducts."),
    )
    team = forms.ChoiceField(
        label=gettext_lazy("Who inspected"),
        choices=[
            (TeamKind.INTERNAL, gettext_lazy("Our own team")),
            (TeamKind.EXTERNAL, gettext_lazy("People from outside, hired by us")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who inspected.")},
    )
    external_organisation = forms.CharField(
        label=gettext_lazy("Outside organisation"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Only if people from outside inspected."),
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Colleagues who took part"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outsiders = forms.CharField(
        label=gettext_lazy("Others who took part"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("People without an account here. One name a line."),
    )
    principal_took_part = forms.BooleanField(
        label=gettext_lazy("The principal took part in person"), required=False
    )
    principal_evidence = forms.CharField(
        label=gettext_lazy("How this is known"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Where the principal was, when, and what shows it: a sign-in sheet, "
            "photos, minutes. The principal is told and asked to confirm it."
        ),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        sites: Sequence[Site],
        members: Sequence[Membership],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self._site_pks = {str(site.public_id): site.pk for site in sites}
        self._member_pks = {str(member.public_id): member.pk for member in members}
        self._choose("sites", [(str(site.public_id), site.name) for site in sites])
        self._choose("members", [(str(m.public_id), _person(m)) for m in members])
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "revision",
            _heading(_("When and where")),
            *("started_on", "ended_on", "sites", "areas"),
            _heading(_("Who")),
            *("team", "external_organisation", "members", "outsiders"),
            _heading(_("The principal")),
            *("principal_took_part", "principal_evidence"),
        )

    def clean_outsiders(self) -> list[str]:
        """Read one name a line, each name once."""
        lines = [line.strip() for line in self.cleaned_data["outsiders"].splitlines()]
        names = list(dict.fromkeys(name for name in lines if name))
        if too_long := [name for name in names if len(name) > _NAME_LENGTH]:
            raise forms.ValidationError(
                _("Write one name a line, at most %(count)s characters: “%(name)s…”."),
                params={"count": _NAME_LENGTH, "name": too_long[0][:20]},
            )
        return names

    def clean(self) -> dict[str, Any]:
        """Say at the field what is missing or does not fit."""
        said = self.cleaned_data
        first, last = said.get("started_on"), said.get("ended_on")
        if first and last and last < first:
            message = _("The last day lies before the first: correct one of them.")
            self.add_error("ended_on", message)
        if said.get("team") == TeamKind.EXTERNAL and not said.get(
            "external_organisation", "?"
        ):
            message = _("Name the outside organisation that inspected.")
            self.add_error("external_organisation", message)
        if not said.get("members", "?") and not said.get("outsiders", "?"):
            message = _("Choose or name at least one person who took part.")
            self.add_error("members", message)
        self._clean_principal(said)
        return said

    def visit(self) -> Visit:
        """Return what was said, once the form is valid."""
        said = self.cleaned_data
        external = said["team"] == TeamKind.EXTERNAL
        return Visit(
            started_on=said["started_on"],
            ended_on=said["ended_on"] or said["started_on"],
            team=TeamKind(said["team"]),
            site_ids=[self._site_pks[key] for key in said["sites"]],
            member_ids=[self._member_pks[key] for key in said["members"]],
            areas=said["areas"],
            external_organisation=said["external_organisation"] if external else "",
            outsiders=said["outsiders"],
            principal_evidence=said["principal_evidence"],
        )

    def continue_from(self, revision: int) -> None:
        """Let the next save of what was typed start from a newer revision."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("revision")] = str(revision)
        self.data = data

    def differences(self, inspection: SelfInspection) -> list[Difference]:
        """Set what is stored beside what was typed, where the two disagree."""
        stored = stored_values(inspection)
        typed = {
            **self.cleaned_data,
            "ended_on": self.cleaned_data["ended_on"]
            or self.cleaned_data["started_on"],
            "outsiders": "\n".join(self.cleaned_data["outsiders"]),
        }
        pairs = [
            Difference(
                label=str(field.label),
                stored=self._written(name, stored[name]),
                typed=self._written(name, typed[name]),
            )
            for name, field in self.fields.items()
            if name != "revision"
        ]
        return [pair for pair in pairs if pair.stored != pair.typed]

    def _clean_principal(self, said: dict[str, Any]) -> None:
        if "principal_evidence" not in said:
            return
        evidence, took_part = said["principal_evidence"], said["principal_took_part"]
        if took_part and not evidence:
            message = _("Say where and when that was, and what shows it.")
            self.add_error("principal_evidence", message)
        if evidence and not took_part:
            message = _("Tick this if it is so, or clear the text below.")
            self.add_error("principal_took_part", message)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (for mypy)
        field.choices = choices

    def _written(self, name: str, value: object) -> str:
        field = self.fields[name]
        if isinstance(field.widget, forms.RadioSelect):
            chosen = value if isinstance(value, list) else [value]
            labels = (
                str(label) for key, label in field.widget.choices if key in chosen
            )
            return "\n".join(labels)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return "" if value is None else str(value)


def stored_values(inspection: SelfInspection) -> dict[str, Any]:
    """The visit as the form's values."""
    attendances: list[Attendance] = list(inspection.attendances.all())
    participation = getattr(inspection, "participation", None)
    return {
        "started_on": inspection.started_on,
        "ended_on": inspection.ended_on,
        "sites": [str(site.public_id) for site in inspection.sites.all()],
        "areas": inspection.areas,
        "team": inspection.team,
        "external_organisation": inspection.external_organisation,
        "members": [str(a.membership.public_id) for a in attendances if a.membership],
        "outsiders": "\n".join(a.full_name for a in attendances if not a.membership),
        "principal_took_part": participation is not None,
        "principal_evidence": participation.evidence if participation else "",
        "revision": inspection.revision,
    }


def first_values(
    *,
    sites: Sequence[Site],
    members: Sequence[Membership],
    last: SelfInspection | None,
    on: dt.date,
) -> dict[str, Any]:
    """
    What a new visit starts from: today, and the sites and team of the last visit as
    far as they are still there; without one our own team, and the only site there is.
    Never its areas, its dates or what it says of the principal.
    """
    values = {"started_on": on, "team": TeamKind.INTERNAL}
    if last is None:
        only = [str(site.public_id) for site in sites] if len(sites) == 1 else []
        return {**values, "sites": only}
    inspected = {site.pk for site in last.sites.all()}
    came = {person.membership_id for person in last.attendances.all()}
    return {
        **values,
        "sites": [str(site.public_id) for site in sites if site.pk in inspected],
        "team": last.team,
        "external_organisation": last.external_organisation,
        "members": [str(m.public_id) for m in members if m.pk in came],
        "outsiders": "\n".join(
            person.full_name
            for person in last.attendances.all()
            if person.membership_id is None
        ),
    }


def _heading(words: str) -> HTML:
    return HTML(format_html("<h2>{}</h2>", words))


def _person(membership: Membership) -> str:
    words = capacity_words(membership.capacity or membership.role)
    return f"{membership.user.full_name} · {words}"
