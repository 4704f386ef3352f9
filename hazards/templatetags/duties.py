"""How duties are shown: how they stand, whose turn it is, when they are due and why."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import Acting, Role
from hazards.models import STATE_WORDS, ComplianceFlag, Obligation, ReportStatus
from hazards.queries.desks import EnterpriseDesk, QuarterLine, YearLine
from hazards.queries.grounds import Why
from hazards.queries.obligation_pages import ObligationPage
from hazards.queries.owed import COUNTED_TO, OwedLine
from hazards.queries.standing import Standing, Turn
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.obligations import ObligationState
from hazards.templatetags.reports import quarter_name

register = template.Library()

_STANDINGS: Mapping[Standing, tuple[str, Any]] = {
    Standing.OPEN: ("neutral", pgettext_lazy("a quarter's report", "open")),
    Standing.DUE_SOON: ("attention", gettext_lazy("due soon")),
    Standing.AWAITING_SIGNATURE: ("waiting", gettext_lazy("awaiting signature")),
    Standing.RETURNED: ("attention", gettext_lazy("returned for correction")),
    Standing.FILED: ("good", gettext_lazy("filed in time")),
    Standing.FILED_LATE: ("attention", gettext_lazy("filed late")),
    Standing.EXEMPT: ("neutral", gettext_lazy("exempt")),
    Standing.TO_BE_JUDGED: ("waiting", gettext_lazy("to be judged by the bureau")),
    Standing.MISSING: ("bad", gettext_lazy("suspected missing, to be verified")),
}

_YEARS: Mapping[ObligationState, tuple[str, Any]] = {
    ObligationState.EXEMPT: ("neutral", gettext_lazy("exempt")),
    ObligationState.SATISFIED: ("good", gettext_lazy("on record")),
    ObligationState.SATISFIED_LATE: ("attention", gettext_lazy("on record, late")),
    ObligationState.PENDING: ("waiting", gettext_lazy("to be judged by the bureau")),
}

_WHY: Mapping[Why, Any] = {
    Why.FOUNDED_LATER: gettext_lazy(
        "Not asked for: the enterprise was founded after the quarter had begun."
    ),
    Why.BEFORE_FIRST_QUARTER: gettext_lazy(
        "Not asked for: the bureau's policy begins with a later quarter."
    ),
    Why.SUSPENDED: gettext_lazy(
        "Not asked for: the bureau confirmed that the enterprise stood still on every "
        "day of the quarter."
    ),
    Why.WAIVED: gettext_lazy("Not asked for: the bureau waived it."),
    Why.SUSPENSION_UNDECIDED: gettext_lazy(
        "The enterprise declared that it stood still; the bureau has not answered yet."
    ),
    Why.NOBODY_RECEIVES: gettext_lazy(
        "No bureau receives from this enterprise in the portal any more, so nothing "
        "could be filed here: a person must judge it."
    ),
    Why.NO_INTERNAL_TEAM: gettext_lazy(
        "The report received lists inspections by external people only; item 10 asks "
        "for the internal team."
    ),
}


@register.inclusion_tag("hazards/desk/_badge.html")
def standing_badge(line: QuarterLine) -> dict[str, object]:
    """How a quarter stands, by word and shape."""
    if line.standing is None:
        return _badge("neutral", _("no due day yet"))
    return _badge(*_STANDINGS[line.standing])


@register.inclusion_tag("hazards/desk/_badge.html")
def year_badge(line: YearLine) -> dict[str, object]:
    """How the principal's year stands, by word and shape."""
    if line.outlook != ObligationState.MISSING:
        return _badge(*_YEARS[line.outlook])
    if line.participations and not line.is_final:
        return _badge("waiting", _("recorded, report not received yet"))
    if line.is_running:
        hurry = line.days_left is not None
        return _badge("attention" if hurry else "neutral", _("not yet"))
    if line.is_final:
        return _badge("bad", _("suspected missing, to be verified"))
    return _badge("attention", _("suspected, provisional"))


def _badge(kind: str, label: object) -> dict[str, object]:
    return {"kind": kind, "label": label}


@register.filter
def why(line: QuarterLine | ObligationPage) -> str:
    """Why a quarter is exempt or must be judged; empty for others."""
    return str(_WHY[line.ground.why]) if line.ground else ""


@register.simple_tag
def what_next(line: QuarterLine) -> str:
    """Say what has to be done next about a quarter."""
    match line.turn:
        case Turn.TEAM:
            return _teams_part(line)
        case Turn.PRINCIPAL:
            return _("The principal reads the report and signs it.")
        case Turn.BUREAU:
            return _bureaus_part(line)
    exempt = line.standing == Standing.EXEMPT
    return _("Nothing: not asked for.") if exempt else _("Nothing: done.")


def _teams_part(line: QuarterLine) -> str:
    report = line.report
    if report is not None and report.status == ReportStatus.RETURNED:
        return _("Correct what the bureau returned, and sign again.")
    if report is not None and report.first_received_at is not None:
        return _("Finish the correction and send it to the principal.")
    if not line.inspections:
        return _("Inspect, record the inspection, then write the report.")
    if report is None:
        return _("Write the report of what was inspected.")
    return _("Finish the report and send it to the principal.")


def _bureaus_part(line: QuarterLine) -> str:
    if line.report is None or line.report.status == ReportStatus.ACCEPTED:
        return _("The bureau decides whether anything is still owed; ask it.")
    if line.standing in {Standing.MISSING, Standing.OPEN, Standing.DUE_SOON}:
        return _(
            "The report received lists no inspection of the quarter by the internal "
            "team. The bureau answers; ask it to return the report for correction."
        )
    return _("The bureau reads the report and answers.")


@register.simple_tag
def whose_turn(line: QuarterLine, desk: EnterpriseDesk, acting: Acting) -> str:
    """Say who must do it, by name where it is one person or office."""
    match line.turn:
        case Turn.NOBODY:
            return _("nobody")
        case Turn.BUREAU:
            return desk.bureau.name if desk.bureau else _("the bureau")
        case Turn.PRINCIPAL:
            if acting.role == Role.PRINCIPAL:
                return _("you, the principal")
            name = desk.principal.user.full_name if desk.principal else "—"
            return _("the principal, %(name)s") % {"name": name}
    if acting.role in {Role.CLERK, Role.TEAM_LEADER}:
        return _("you, or a colleague who writes reports")
    return _("the clerk or the team leader")


@register.filter
def days_left(days: int | None) -> str:
    """Say how far a due day is, in days from today; negative = past."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


@register.filter
def period(duty: Obligation) -> str:
    """The quarter or the year of a duty, as people say it."""
    if duty.quarter is not None:
        return quarter_name(duty.quarter)
    return _("year %(year)s") % {"year": duty.year}


@register.filter
def flag_subject(flag: ComplianceFlag) -> str:
    """What a flag is about: a period, a hazard, or nothing more than the enterprise."""
    if flag.obligation is not None:
        return period(flag.obligation)
    return flag.hazard.number if flag.hazard is not None else ""


@register.filter
def day_of(moment: dt.datetime) -> dt.date:
    """The day of an instant in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


@register.filter
def report_words(line: OwedLine) -> str:
    """Whether a report was begun and where it stands; empty for a year's duty."""
    if line.duty.quarter is None:
        return ""
    if line.report is None:
        return _("none begun")
    return str(line.report.get_status_display())


@register.inclusion_tag("hazards/desk/_badge.html")
def owed_badge(duty: Obligation) -> dict[str, object]:
    """How a duty of the bureau's list stands, by word and shape."""
    state = ObligationState(duty.state)
    kinds = {ObligationState.MISSING: "bad", ObligationState.PENDING: "waiting"}
    return _badge(kinds.get(state, "neutral"), STATE_WORDS[state])


@register.filter
def bounded(number: int) -> str:
    """A figure, or that it is more than is counted."""
    if number > COUNTED_TO:
        return _("more than %(number)s") % {"number": COUNTED_TO}
    return str(number)
