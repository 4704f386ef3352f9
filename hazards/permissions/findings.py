"""
Who may do what about the findings of a spot check: its officers record, judge and
compare; another person seconds; nobody who was ever of the enterprise (promise S11).
"""

from django.utils.translation import gettext as _

from accounts.models import Acting, Membership, Role
from accounts.permissions import ALLOWED, Decision, denied
from hazards.models import (
    ABSENT,
    CheckKind,
    CheckState,
    Determination,
    Finding,
    FindingMatch,
    SpotCheck,
)
from hazards.permissions.words import only, own_member

SECONDERS = frozenset(
    {Role.INSPECTOR, Role.REVIEWER, Role.DECIDING_OFFICER, Role.BUREAU_HEAD}
)
"""Who says a second word on a comparison."""


def is_decided(finding: Finding) -> bool:
    """Whether somebody has decided the case of a finding; 1 query."""
    return Determination.objects.filter(
        finding=finding, decisions__isnull=False
    ).exists()


def may_record_finding(acting: Acting, check: SpotCheck) -> Decision:
    """Decide whether the person may record what was found, while on site."""
    by_office = _as_its_officer(acting, check)
    if not by_office:
        return by_office
    if check.kind == CheckKind.GUIDANCE:
        return denied(
            _(
                "A guidance visit leads to no finding (应急〔2025〕11号, item 12): "
                "advise the enterprise, and plan a spot check if one is needed."
            )
        )
    if check.state != CheckState.STARTED:
        return denied(
            _(
                "The spot check is “%(state)s” now; findings are recorded between "
                "arrival and end."
            )
            % {"state": check.get_state_display()}
        )
    return ALLOWED


def may_assess(acting: Acting, finding: Finding) -> Decision:
    """Decide whether the person may say what only an officer on site can judge."""
    return _as_long_as_undecided(acting, finding)


def may_match(acting: Acting, finding: Finding) -> Decision:
    """Decide whether the person may compare the finding with what is on record."""
    return _as_long_as_undecided(acting, finding)


def may_second(acting: Acting, match: FindingMatch) -> Decision:
    """
    Decide whether the person may say the second word on this comparison; expects the
    finding's spot check and `by` loaded.
    """
    finding = match.finding
    by_seat = _as_seconder(acting, match)
    if not by_seat:
        return by_seat
    if match.verdict not in ABSENT:
        return denied(
            _("No second word is needed: the comparison names what is on record.")
        )
    if getattr(match, "second", None) is not None:
        return denied(_("The second word on this comparison is on record already."))
    if finding.matches.filter(pk__gt=match.pk).exists():
        return denied(
            _("The officer has compared again since: open the finding and read that.")
        )
    return _undecided(finding)


def _as_seconder(acting: Acting, match: FindingMatch) -> Decision:
    check = match.finding.spot_check
    if acting.role not in SECONDERS:
        return denied(only(SECONDERS))
    if acting.bureau is None or acting.bureau.pk not in (
        check.bureau_id,
        check.joint_bureau_id,
    ):
        return denied(
            _("Another bureau made this spot check; one of its people says it.")
        )
    if match.by.user_id == acting.user.pk:
        return denied(
            _("You made this comparison; the second word is another person's.")
        )
    return _never_its_member(acting, check)


def _as_long_as_undecided(acting: Acting, finding: Finding) -> Decision:
    by_office = _as_its_officer(acting, finding.spot_check)
    return _undecided(finding) if by_office else by_office


def _undecided(finding: Finding) -> Decision:
    if is_decided(finding):
        return denied(
            _(
                "The case is decided by hand, so nothing is judged or compared anew: "
                "write to the deciding officer."
            )
        )
    return ALLOWED


def _as_its_officer(acting: Acting, check: SpotCheck) -> Decision:
    officers = check.officers.filter(membership=acting.membership)
    if acting.bureau is None or not officers.exists():
        return denied(_("Only the officers of this spot check may do this."))
    return _never_its_member(acting, check)


def _never_its_member(acting: Acting, check: SpotCheck) -> Decision:
    if Membership.objects.filter(
        user=acting.user, enterprise=check.enterprise_id
    ).exists():
        return denied(own_member())
    return ALLOWED
