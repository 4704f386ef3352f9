"""
Who plans, approves, begins and ends a spot check. Whoever was ever a member of the
enterprise does nothing about it, and nobody approves what they planned (S11).
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from accounts.models import Acting, Enterprise, Membership, Role
from accounts.permissions import ALLOWED, Decision, denied
from hazards.models import CheckCorrection, SpotCheck
from hazards.permissions.words import only, own_member
from hazards.workflow import SPOT_CHECK_TRANSITIONS, CheckAction

PLANNERS = frozenset({Role.INSPECTOR})
"""
Who plans, and who comes: only a certified officer inspects (circular 应急〔2025〕11号,
item 6); an inspector's seat has the number of the certificate.
"""
OF_THE_PLANNING_BUREAU = frozenset(
    {CheckAction.APPROVE, CheckAction.REFUSE, CheckAction.ANSWER_CORRECTION}
)
OF_ITS_OFFICERS = frozenset(
    {
        CheckAction.START,
        CheckAction.END,
        CheckAction.CORRECT,
        CheckAction.FILE_OPINION,
    }
)


def may_plan(acting: Acting, enterprise: Enterprise | None = None) -> Decision:
    """Decide whether the person may plan spot checks, of this enterprise if given."""
    if acting.role not in PLANNERS:
        return denied(only(PLANNERS))
    return ALLOWED if enterprise is None else _never_of(acting, enterprise.pk)


def may_check(acting: Acting, action: CheckAction, check: SpotCheck) -> Decision:
    """Decide whether the person may do the action to the check as it now stands."""
    as_it_stands = _as_it_stands(acting, action, check)
    return _never_of(acting, check.enterprise_id) if as_it_stands else as_it_stands


def may_check_each(acting: Acting, check: SpotCheck) -> Mapping[CheckAction, Decision]:
    """Decide like `may_check` on every action; 1 query beside the check's officers."""
    decisions = {action: _as_it_stands(acting, action, check) for action in CheckAction}
    if any(decisions.values()):
        own = _never_of(acting, check.enterprise_id)
        decisions = {key: own if yes else yes for key, yes in decisions.items()}
    return MappingProxyType(decisions)


def may_answer_correction(acting: Acting, correction: CheckCorrection) -> Decision:
    """Decide whether the person may approve or refuse this correction."""
    if correction.answered_at is not None:
        return denied(_("This correction is answered already; an answer stands."))
    if correction.asked_by.user_id == acting.user.pk:
        return denied(_("Another head answers: you asked for this correction."))
    return may_check(acting, CheckAction.ANSWER_CORRECTION, correction.spot_check)


def is_officer(acting: Acting, check: SpotCheck) -> bool:
    """Whether the person comes as one of the officers named in the approved plan."""
    return (
        acting.role in PLANNERS
        and acting.membership.bureau_id in (check.bureau_id, check.joint_bureau_id)
        and any(
            officer.membership.user_id == acting.user.pk
            for officer in check.officers.all()
        )
    )


def _as_it_stands(acting: Acting, action: CheckAction, check: SpotCheck) -> Decision:
    transition = SPOT_CHECK_TRANSITIONS[action]
    if acting.role not in transition.actors:
        return denied(only(transition.actors))
    if check.state not in transition.sources:
        return denied(
            _("The spot check is “%(state)s” now, so this cannot be done to it.")
            % {"state": check.get_state_display()}
        )
    if action in OF_THE_PLANNING_BUREAU or acting.role == Role.BUREAU_HEAD:
        return _as_its_head(acting, action, check)
    return _as_its_inspector(acting, action, check)


def _as_its_head(acting: Acting, action: CheckAction, check: SpotCheck) -> Decision:
    if acting.membership.bureau_id != check.bureau_id:
        return denied(
            _("Another bureau planned this spot check; its head decides this.")
        )
    approves = action in {CheckAction.APPROVE, CheckAction.REFUSE}
    if approves and check.planned_by.user_id == acting.user.pk:
        return denied(_("You planned this spot check; another head answers the plan."))
    return ALLOWED


def _as_its_inspector(
    acting: Acting, action: CheckAction, check: SpotCheck
) -> Decision:
    if action == CheckAction.ANNOUNCE and check.notified_at is not None:
        return denied(_("The enterprise has been told of this spot check already."))
    if is_officer(acting, check):
        return ALLOWED
    planned = check.planned_by.user_id == acting.user.pk
    if planned and action not in OF_ITS_OFFICERS:
        return ALLOWED
    return denied(_("Only the officers named in the plan of this spot check do this."))


def _never_of(acting: Acting, enterprise_id: int) -> Decision:
    if Membership.objects.filter(
        user=acting.user, enterprise_id=enterprise_id
    ).exists():
        return denied(own_member())
    return ALLOWED
