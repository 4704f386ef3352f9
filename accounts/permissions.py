"""Who may do what to people and organisations, and how a refusal is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import (
    BUREAU_ROLES,
    EDITOR_ROLES,
    Acting,
    Bureau,
    Enterprise,
    Membership,
    Role,
    SupervisionAssignment,
)

PEOPLE_ROLES: Final = frozenset(
    {Role.PRINCIPAL, Role.TEAM_LEADER, Role.BUREAU_HEAD, Role.OPERATOR}
)
_SUPERVISORS: Final = frozenset({Role.REVIEWER, Role.BUREAU_HEAD})
_TEAM: Final = frozenset({Role.CLERK, Role.TEAM_LEADER, Role.TEAM_MEMBER})
# Who invites, and ends, whom on the people page. The principal is the bureau's affair.
_INVITED_BY: Final[Mapping[Role, frozenset[Role]]] = {
    Role.PRINCIPAL: _TEAM,
    Role.TEAM_LEADER: _TEAM,
    Role.BUREAU_HEAD: BUREAU_ROLES - {Role.BUREAU_HEAD},
    Role.OPERATOR: frozenset({Role.BUREAU_HEAD}),
}


def invitable_roles(by: Acting) -> frozenset[Role]:
    """The roles into which the person may invite on the people page."""
    return _INVITED_BY.get(by.role, frozenset())


class RefusedError(Exception):
    """
    What was asked cannot be done as things stand. The message is one sentence in the
    reader's language that says what is wrong and what to do.
    """


class NotPermittedError(RefusedError):
    """The person may not do this; the message says why."""


@dataclass(frozen=True)
class Decision:
    """Yes, or no with the reason."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Go on if allowed.

        :raises NotPermittedError: with the reason if not
        """
        if not self.allowed:
            raise NotPermittedError(self.reason)


ALLOWED = Decision(allowed=True)


def denied(reason: str) -> Decision:
    """A no with its reason."""
    return Decision(allowed=False, reason=reason)


def may_see_people(by: Acting) -> Decision:
    """Decide whether the person may see who has access to their organisation."""
    if by.role in PEOPLE_ROLES:
        return ALLOWED
    if by.enterprise is not None:
        return denied(_("Only the principal or a team leader sees who has access."))
    return denied(_("Only the bureau head sees who has access."))


def may_invite(by: Acting, role: Role | str) -> Decision:
    """Decide whether the person may invite somebody into the role."""
    if role in _INVITED_BY.get(by.role, frozenset()):
        return ALLOWED
    return denied(
        _(
            "Under your role you cannot invite into this one: the bureau invites "
            "principals, the principal or a team leader invites the team, the bureau "
            "head invites the bureau, the operator invites bureau heads."
        )
    )


def may_invite_principal(by: Acting, enterprise: Enterprise) -> Decision:
    """Decide whether the person may invite the enterprise's first principal."""
    decision = _as_supervisor(by, enterprise)
    if not decision:
        return decision
    principals = Membership.objects.holding_on(by.on)
    if principals.filter(enterprise=enterprise, role=Role.PRINCIPAL).exists():
        return denied(
            _(
                "The enterprise has a principal. The enterprise enters a change of "
                "principal, and you acknowledge it."
            )
        )
    return ALLOWED


def may_end_membership(by: Acting, membership: Membership) -> Decision:
    """Decide whether the person may end somebody's access."""
    if membership.role not in _INVITED_BY.get(by.role, frozenset()):
        return denied(
            _(
                "You cannot end this access: a principal goes by a change of "
                "principal, others by whoever may invite them."
            )
        )
    own = (by.membership.enterprise_id, by.membership.bureau_id)
    theirs = (membership.enterprise_id, membership.bureau_id)
    if by.role != Role.OPERATOR and own != theirs:
        return denied(_("This person belongs to another organisation."))
    if not membership.holds_on(by.on):
        return denied(_("This access has already ended."))
    return ALLOWED


def may_recover(by: Acting, membership: Membership) -> Decision:
    """Decide whether the person may let somebody back in without e-mail."""
    if membership.user_id == by.user.pk:
        return denied(_("Nobody issues a way back in for themselves."))
    if by.role == Role.OPERATOR:
        if membership.enterprise_id is None:
            return ALLOWED
        return denied(_("The supervising bureau does this for its enterprises."))
    if membership.enterprise is None:
        return denied(_("The operator does this for the people of a bureau."))
    return _as_supervisor(by, membership.enterprise)


def may_change_principal(by: Acting) -> Decision:
    """Decide whether the person may enter, or withdraw, a change of principal."""
    if by.role in {Role.PRINCIPAL, Role.TEAM_LEADER}:
        return ALLOWED
    return denied(
        _("Only the present principal or a team leader enters a change of principal.")
    )


def may_acknowledge(by: Acting, enterprise: Enterprise) -> Decision:
    """Decide whether the person may acknowledge the enterprise's new principal."""
    return _as_supervisor(by, enterprise)


def may_hand_over(by: Acting, enterprise: Enterprise) -> Decision:
    """Decide whether the person may let another bureau receive from the enterprise."""
    return _as_supervisor(by, enterprise)


def may_add_site(by: Acting, enterprise: Enterprise) -> Decision:
    """Decide whether the person may put a site of the enterprise on record."""
    if by.enterprise is None:
        return _as_supervisor(by, enterprise)
    if by.role in EDITOR_ROLES | {Role.PRINCIPAL}:
        return ALLOWED
    return denied(_("Only the principal, a team leader or a clerk adds sites."))


def may_see_enterprises(by: Acting) -> Decision:
    """Decide whether the person has a list of enterprises to look at."""
    if by.bureau is not None:
        return ALLOWED
    return denied(_("Only people of a bureau see its enterprises."))


def may_import(by: Acting) -> Decision:
    """Decide whether the person may take in a list of enterprises."""
    if by.role in _SUPERVISORS:
        return ALLOWED
    return denied(_("Only a reviewer or the head of a bureau imports enterprises."))


def may_set_policy(by: Acting, bureau: Bureau) -> Decision:
    """Decide whether the person may set the bureau's policies and days."""
    if by.role == Role.BUREAU_HEAD and by.bureau == bureau:
        return ALLOWED
    return denied(_("Only the head of the bureau sets its policies."))


def may_create_bureau(by: Acting) -> Decision:
    """Decide whether the person may make bureaus and say what they cover."""
    if by.role == Role.OPERATOR:
        return ALLOWED
    return denied(_("Only the operator makes bureaus."))


def may_disable(by: Acting) -> Decision:
    """Decide whether the person may close somebody's account."""
    if by.role == Role.OPERATOR:
        return ALLOWED
    return denied(_("Only the operator closes an account."))


def _as_supervisor(by: Acting, enterprise: Enterprise) -> Decision:
    if by.role not in _SUPERVISORS:
        return denied(
            _("Only a reviewer or the head of the supervising bureau does this.")
        )
    assigned = SupervisionAssignment.objects.holding_on(by.on).filter(
        enterprise=enterprise, site__isnull=True, bureau=by.bureau
    )
    if not assigned.exists():
        return denied(_("Another bureau supervises this enterprise and does this."))
    return ALLOWED
