"""What a report still lacks before its principal can be asked to sign."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Bureau, Capacity, Membership, Role
from accounts.queries.memberships import receiving_bureau
from hazards.models import ReportVersion, TeamKind
from hazards.queries.changes import repeats


@dataclass(frozen=True)
class Standing:
    """What a version rests on, on a day: its visits, and who is in office."""

    # The last day of each visit, and who inspected.
    visits: tuple[tuple[dt.date, str], ...]
    principal: Membership | None
    bureau: Bureau | None
    capacities: frozenset[str] = frozenset()


def standing_of(version: ReportVersion, *, on: dt.date) -> Standing:
    """Read what the version rests on; 3 queries."""
    enterprise = version.report.enterprise
    members = list(
        Membership.objects.holding_on(on)
        .filter(enterprise=enterprise, role__in=[Role.PRINCIPAL, Role.TEAM_MEMBER])
        .select_related("user")
    )
    principals = [member for member in members if member.role == Role.PRINCIPAL]
    return Standing(
        visits=tuple(
            version.listed.values_list("inspection__ended_on", "inspection__team")
        ),
        principal=principals[0] if principals else None,
        bureau=receiving_bureau(enterprise, on=on),
        capacities=frozenset(member.capacity for member in members),
    )


def blockers(
    version: ReportVersion, standing: Standing, *, on: dt.date, unsigned: bool = False
) -> list[str]:
    """
    Sentences, each saying one thing without which the report cannot be signed; or,
    `unsigned`, cannot be lodged without a principal.
    """
    return [
        *_visits(version, standing, on=on),
        *_words(version),
        *_hazards(version),
        *_people(standing, unsigned=unsigned),
        *_repetition(version, unsigned=unsigned, on=on),
    ]


def _visits(version: ReportVersion, standing: Standing, *, on: dt.date) -> list[str]:
    quarter = version.report.quarter
    ends = [ended_on for ended_on, _team in standing.visits]
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
            version.nothing_found is not None,
            _(
                "State that the inspections found no major accident hazard, or "
                "describe each hazard that was found."
            ),
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


def _hazards(version: ReportVersion) -> list[str]:
    """What is missing of each hazard without which nobody could find it again."""
    missing = []
    for stated in version.stated.select_related("hazard").order_by("hazard__number"):
        lacks = [
            str(label)
            for value, label in (
                (stated.clause, _("the clause")),
                (stated.site_id, _("the site")),
                (stated.place, _("the exact place")),
                (stated.description, _("what is wrong")),
            )
            if not value
        ]
        if lacks:
            missing.append(
                _("Hazard %(number)s: say %(lacking)s.")
                % {
                    "number": stated.hazard.number,
                    "lacking": pgettext("between the items of a list", ", ").join(
                        lacks
                    ),
                }
            )
    return missing


def _people(standing: Standing, *, unsigned: bool) -> list[str]:
    missing = []
    if standing.principal is None and not unsigned:
        missing.append(
            _(
                "The portal knows no principal of this enterprise today: ask your "
                "bureau to invite the principal."
            )
        )
    if standing.bureau is None:
        missing.append(
            _(
                "No bureau is assigned to receive this report: telephone the "
                "emergency management bureau of your county."
            )
        )
    return missing


def _repetition(version: ReportVersion, *, unsigned: bool, on: dt.date) -> list[str]:
    """A correction has to correct something."""
    repeated = repeats(version, unsigned=unsigned, on=on)
    if repeated is None:
        return []
    return [
        _(
            "Nothing differs from version %(number)s, which the bureau has returned: "
            "change what it commented on. The reason alone corrects nothing."
        )
        % {"number": repeated}
    ]


def warnings(standing: Standing) -> list[str]:
    """Sentences on what weakens the report but does not stop it (item 10)."""
    weak = []
    teams = {team for _ended_on, team in standing.visits}
    if teams and TeamKind.INTERNAL not in teams:
        weak.append(
            _(
                "Only external people inspected. Item 10 asks for an inspection by "
                "your own team; the quarter stays open to question without one."
            )
        )
    wanted = (Capacity.UNION, Capacity.EMPLOYEE, Capacity.SAFETY_ENGINEER)
    absent = [
        str(capacity.label)
        for capacity in wanted
        if capacity not in standing.capacities
    ]
    if absent:
        weak.append(
            _(
                "The team on record has no %(people)s. Item 10 names them as part of "
                "the internal team."
            )
            % {"people": pgettext("between the items of a list", ", ").join(absent)}
        )
    return weak
