"""Words for duties, stops and flags on the pages that tell their story."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hazards.models import (
    ComplianceFlag,
    FlagKind,
    FlagStatus,
    Obligation,
    Suspension,
)
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter
from hazards.templatetags.duties import period
from hazards.templatetags.reports import quarter_name

register = template.Library()
register.filter("period_name", period)

_STATES: Mapping[str, tuple[str, Any]] = {
    ObligationState.NOT_DUE: ("neutral", gettext_lazy("not due yet")),
    ObligationState.EXEMPT: ("neutral", gettext_lazy("not asked for")),
    ObligationState.SATISFIED: ("good", gettext_lazy("done in time")),
    ObligationState.SATISFIED_LATE: ("attention", gettext_lazy("done late")),
    ObligationState.PENDING: ("waiting", gettext_lazy("to be judged by the bureau")),
    ObligationState.MISSING: (
        "attention",
        gettext_lazy("suspected missing, to be verified"),
    ),
}
_OUTLOOKS: Mapping[str, Any] = {
    ObligationState.EXEMPT: gettext_lazy("As the record stands, it is not asked for."),
    ObligationState.SATISFIED: gettext_lazy(
        "As the record stands, it is done; the state follows once the due day is over."
    ),
    ObligationState.SATISFIED_LATE: gettext_lazy(
        "As the record stands, it is done late."
    ),
    ObligationState.PENDING: gettext_lazy(
        "As the record stands, the bureau must judge it once the due day is over."
    ),
    ObligationState.MISSING: gettext_lazy(
        "Nothing on record fulfils it yet. If nothing more comes by the due instant, "
        "it is suspected missing, to be verified."
    ),
}
_SUSPECTED: Mapping[str, Any] = {
    FlagKind.MISSING_QUARTER: gettext_lazy(
        "No report of this quarter that lists an inspection by the internal team was "
        "received by the due instant. Suspected of not being inspected or reported; "
        "to be verified."
    ),
    FlagKind.PRINCIPAL_ABSENT: gettext_lazy(
        "No received report shows that the principal took part in an inspection of "
        "this year. Suspected of not taking part in person; to be verified."
    ),
    FlagKind.QUARTER_NOT_INSPECTED: gettext_lazy(
        "The quarter is over and no inspection of it is on record; its report is not "
        "due yet. Suspected of not being inspected; to be verified."
    ),
    FlagKind.HAZARD_UNREPORTED: gettext_lazy(
        "A major hazard was registered and the bureau has not received it within the "
        "hours that its policy allows. Suspected of not being reported promptly; to be "
        "verified."
    ),
    FlagKind.NOBODY_REACHABLE: gettext_lazy(
        "Nobody who writes or signs for this enterprise has an address outside the "
        "portal. Reminders may reach nobody; to be verified."
    ),
}
_CLEARED_BY: Mapping[str, Any] = {
    FlagKind.MISSING_QUARTER: gettext_lazy(
        "A report of this quarter with an inspection that the internal team held in it "
        "clears it, also a late one, which stays marked as late. So do a stop that the "
        "bureau confirms for every day of the quarter, a waiver, and a corrected "
        "founding day."
    ),
    FlagKind.PRINCIPAL_ABSENT: gettext_lazy(
        "Only a received report clears it that shows the principal of the day taking "
        "part in an inspection held in this year. Signing is not taking part."
    ),
    FlagKind.QUARTER_NOT_INSPECTED: gettext_lazy(
        "An inspection of the quarter on record clears it, and so does its report."
    ),
    FlagKind.HAZARD_UNREPORTED: gettext_lazy(
        "A received report that names the hazard clears it."
    ),
    FlagKind.NOBODY_REACHABLE: gettext_lazy(
        "An address of the principal, the team leader or the clerk clears it: they "
        "enter it on their profile page."
    ),
}
_CHANGES: Mapping[str, Any] = {
    "raised": gettext_lazy("Raised"),
    "made_final": gettext_lazy("Made final, as the due day is over"),
    "cleared": gettext_lazy("Cleared"),
    "waived": gettext_lazy("Waived by the bureau"),
    "stood_again": gettext_lazy("Stands again"),
}
_CAUSES: Mapping[str, Any] = {
    "provisional": gettext_lazy("provisional until the due day is over"),
    "missing": gettext_lazy("nothing on record fulfils the duty"),
    "satisfied": gettext_lazy("a report received in time fulfils the duty"),
    "satisfied_late": gettext_lazy("a report received late fulfils the duty"),
    "exempt": gettext_lazy("the duty is not asked for"),
    "pending": gettext_lazy("the record must be judged by the bureau"),
    "inspected": gettext_lazy("an inspection of the quarter is on record"),
    "unreported": gettext_lazy("registered, and not received in time"),
    "reported": gettext_lazy("the bureau has received it"),
    "graded_down": gettext_lazy("it was graded down to a general hazard"),
    "graded_major": gettext_lazy("it was graded major again"),
    "no-address": gettext_lazy("no address is on record"),
    "reachable": gettext_lazy("an address is on record"),
}
_REMINDERS: Mapping[str, Any] = {
    "quarter_before": gettext_lazy("Reminder before the due day"),
    "quarter_after": gettext_lazy("Reminder after the due day"),
    "participation_before": gettext_lazy("Reminder during the year"),
    "participation_provisional": gettext_lazy("Reminder after the year"),
    "participation_after": gettext_lazy("Reminder after the due day"),
}


@register.inclusion_tag("hazards/desk/_badge.html")
def state_badge(duty: Obligation) -> dict[str, object]:
    """How a duty stands, by word and shape."""
    return _badge(*_STATES[duty.state])


@register.inclusion_tag("hazards/desk/_badge.html")
def flag_badge(flag: ComplianceFlag) -> dict[str, object]:
    """Whether a flag stands, and whether it is final."""
    if flag.status == FlagStatus.CLEARED:
        return _badge("good", pgettext_lazy("a flag", "cleared"))
    if flag.status == FlagStatus.WAIVED:
        return _badge("neutral", pgettext_lazy("a flag", "waived by the bureau"))
    if flag.kind == FlagKind.PRINCIPAL_ABSENT and not flag.is_final:
        return _badge("waiting", _("suspected, provisional"))
    return _badge("attention", _("suspected, to be verified"))


@register.inclusion_tag("hazards/desk/_badge.html")
def stop_badge(stop: Suspension) -> dict[str, object]:
    """What the bureau answered to a declared stop."""
    if stop.confirmed is None:
        return _badge("waiting", _("waits for the bureau's answer"))
    if stop.confirmed:
        return _badge("good", _("confirmed by the bureau"))
    return _badge("attention", _("refused by the bureau"))


def _badge(kind: str, label: object) -> dict[str, object]:
    return {"kind": kind, "label": label}


@register.filter
def outlook_words(outlook: ObligationState) -> str:
    """What a duty that is not due yet will be if nothing more comes."""
    return str(_OUTLOOKS[outlook])


@register.filter
def suspected(flag: ComplianceFlag) -> str:
    """What is suspected, in a sentence; never that anything was broken."""
    return str(_SUSPECTED[flag.kind])


@register.filter
def cleared_by(flag: ComplianceFlag) -> str:
    """What clears it, in a sentence."""
    return str(_CLEARED_BY[flag.kind])


@register.filter
def change_words(change: str) -> str:
    """What happened to a flag."""
    return str(_CHANGES.get(change, change))


@register.filter
def cause_words(cause: str) -> str:
    """Why it happened."""
    return str(_CAUSES.get(cause, cause))


@register.filter
def reminder_words(kind: str) -> str:
    """Which step of reminding it was."""
    return str(_REMINDERS.get(kind, kind))


@register.filter
def last_counted(flag: ComplianceFlag, lookback: int) -> str:
    """The quarter whose due day ends the time in which the flag's quarter counts."""
    quarter = flag.obligation.quarter if flag.obligation else None
    if not isinstance(quarter, Quarter):
        return ""
    return quarter_name(quarter.shifted(lookback))
