"""What a report still lacks before its principal can be asked to sign."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Capacity, Membership, Role
from hazards.models import ReportVersion, TeamKind
from hazards.queries.contents import principal_of
from hazards.queries.deadlines import receiving_bureau


def blockers(version: ReportVersion, *, on: dt.date) -> list[str]:
    """Sentences, each saying one thing without which the report cannot be signed."""
    return [*_visits(version, on=on), *_words(version), *_people(version, on=on)]


def _visits(version: ReportVersion, *, on: dt.date) -> list[str]:
    quarter = version.report.quarter
    ends = list(version.listed.values_list("inspection__ended_on", flat=True))
    if not ends:
        return [
            _("List at least one inspection held in %(quarter)s; record it first.")
            % {"quarter": quarter}
        ]
    if any(day not in quarter for day in ends):
        return [
            _(
                "An inspection listed here is dated in another quarter by now: save "
                "the report again with the inspections of %(quarter)s."
            )
            % {"quarter": quarter}
        ]
    if max(ends) > on:
        return [
            _("An inspection listed here has not ended yet; send the report after it.")
        ]
    return []


def _words(version: ReportVersion) -> list[str]:
    wanted = (
        (
            bool(version.nothing_found),
            _("State that the inspections found no major accident hazard."),
        ),
        (version.scope, _("Say what was inspected: sites, equipment, work.")),
        (
            version.coverage,
            _("Say by which standards it was checked, and what was left out."),
        ),
        (
            version.ordinal == 1 or version.correction_reason,
            _("Say why the report is corrected."),
        ),
    )
    return [sentence for given, sentence in wanted if not given]


def _people(version: ReportVersion, *, on: dt.date) -> list[str]:
    enterprise = version.report.enterprise
    missing = []
    if principal_of(enterprise, on=on) is None:
        missing.append(
            _(
                "The portal knows no principal of this enterprise today: ask your "
                "bureau to invite the principal."
            )
        )
    if receiving_bureau(enterprise, on=on) is None:
        missing.append(
            _(
                "No bureau is assigned to receive this report: telephone the "
                "emergency management bureau of your county."
            )
        )
    return missing


def warnings(version: ReportVersion, *, on: dt.date) -> list[str]:
    """Sentences on what weakens the report but does not stop it (item 10)."""
    weak = []
    listed = version.listed.all()
    if (
        listed
        and not version.listed.filter(inspection__team=TeamKind.INTERNAL).exists()
    ):
        weak.append(
            _(
                "Only external people inspected. Item 10 asks for an inspection by "
                "your own team; the quarter stays open to question without one."
            )
        )
    sitting = set(
        Membership.objects.holding_on(on)
        .filter(enterprise=version.report.enterprise, role=Role.TEAM_MEMBER)
        .values_list("capacity", flat=True)
    )
    wanted = (Capacity.UNION, Capacity.EMPLOYEE, Capacity.SAFETY_ENGINEER)
    absent = [str(capacity.label) for capacity in wanted if capacity not in sitting]
    if absent:
        weak.append(
            _(
                "The team on record has no %(people)s. Item 10 names them as part of "
                "the internal team."
            )
            % {"people": pgettext("between the items of a list", ", ").join(absent)}
        )
    return weak
