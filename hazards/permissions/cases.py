"""
Who may let a finding be determined, decide on it, object, and answer (promise S11: who
inspected does not decide).
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Membership, Role
from accounts.permissions import ALLOWED, Decision, denied
from hazards.models import (
    CheckCorrection,
    Finding,
    FindingAssessment,
    FindingMatch,
    MatchSecond,
    SpotCheckOfficer,
)
from hazards.permissions.words import not_your_enterprise, only, own_member

DETERMINERS = frozenset(
    {Role.INSPECTOR, Role.REVIEWER, Role.DECIDING_OFFICER, Role.BUREAU_HEAD}
)
DECIDERS = frozenset({Role.DECIDING_OFFICER})
ANSWERERS = frozenset({Role.DECIDING_OFFICER, Role.BUREAU_HEAD})
OBJECTORS = EDITOR_ROLES | {Role.PRINCIPAL}


def may_determine(acting: Acting, finding: Finding) -> Decision:
    """Decide whether the person may let the rulebook propose: it decides nothing."""
    return _of_its_bureau(acting, finding, DETERMINERS)


def may_decide(acting: Acting, finding: Finding) -> Decision:
    """
    Decide whether the person may decide on the finding: a deciding officer of the
    bureau that checked, who had no part in the check and was never of the enterprise.
    """
    by_office = _of_its_bureau(acting, finding, DECIDERS)
    return by_office and _took_no_part(acting, finding)


def may_object(acting: Acting, finding: Finding) -> Decision:
    """Decide whether the person may state something for the enterprise."""
    if acting.role not in OBJECTORS:
        return denied(only(OBJECTORS))
    if acting.enterprise is None or acting.enterprise.pk != finding.enterprise_id:
        return denied(not_your_enterprise())
    return ALLOWED


def may_answer_objection(acting: Acting, finding: Finding) -> Decision:
    """Decide whether the person may answer what the enterprise stated."""
    by_office = _of_its_bureau(acting, finding, ANSWERERS)
    return by_office and _took_no_part(acting, finding)


def _of_its_bureau(
    acting: Acting, finding: Finding, roles: frozenset[Role]
) -> Decision:
    if acting.role not in roles:
        return denied(only(roles))
    if acting.bureau is None or acting.bureau.pk != finding.spot_check.bureau_id:
        return denied(_("Another bureau made this check; only that bureau goes on."))
    if Membership.objects.filter(
        user=acting.user, enterprise=finding.enterprise_id
    ).exists():
        return denied(own_member())
    return ALLOWED


def _took_no_part(acting: Acting, finding: Finding) -> Decision:
    """2 queries: who planned and inspected, and who said something of the finding."""
    if acting.user.pk in _took_part(finding):
        return denied(
            _(
                "You planned or made this check, or said something about the finding: "
                "another officer must go on with it."
            )
        )
    return ALLOWED


def _took_part(finding: Finding) -> set[int]:
    """The people who planned, inspected, recorded, judged, matched or seconded."""
    check = finding.spot_check
    seats = {
        check.planned_by_id,
        check.started_by_id,
        check.ended_by_id,
        check.notified_by_id,
        finding.by_id,
    }
    said = (
        FindingAssessment.objects.filter(finding=finding).values("by"),
        FindingMatch.objects.filter(finding=finding).values("by"),
        MatchSecond.objects.filter(match__finding=finding).values("by"),
        CheckCorrection.objects.filter(spot_check=check).values("asked_by"),
        SpotCheckOfficer.objects.filter(spot_check=check).values("membership"),
    )
    of_any = Q(pk__in=[seat for seat in seats if seat])
    for seats_of in said:
        of_any |= Q(pk__in=seats_of)
    return set(Membership.objects.filter(of_any).values_list("user_id", flat=True))
