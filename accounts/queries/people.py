"""Reads for the page that says who has access."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    EDITOR_ROLES,
    Acting,
    Enterprise,
    Event,
    Invitation,
    Membership,
    PrincipalChange,
    Role,
)
from accounts.queries.reach import Unreachable, unreachable

# The action of the event that says why a bureau refused a change of principal.
REFUSED: Final = "principal-change-refused"
# How many changes of principal are listed.
CHANGES: Final = 20
# How long those who left stay on the page.
RECENT = dt.timedelta(days=365)


class InvitationState(models.TextChoices):
    """Where an invitation stands at an instant."""

    SENT = "sent", _("sent")
    EXPIRED = "expired", _("expired")
    ACCEPTED = "accepted", _("accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")


@dataclass(frozen=True)
class InvitationRow:
    """An invitation and where it stands."""

    invitation: Invitation
    state: InvitationState

    @property
    def is_open(self) -> bool:
        """Whether it can be repeated or withdrawn."""
        return self.state in {InvitationState.SENT, InvitationState.EXPIRED}


@dataclass(frozen=True)
class PeoplePage:
    """Who has access to an organisation, who is invited, who left."""

    memberships: list[Membership]
    invitations: list[InvitationRow]
    left: list[Membership]
    editors: int
    change: PrincipalChange | None
    missing: list[Role]
    unreachable: Mapping[int, Unreachable]

    @property
    def reached(self) -> list[tuple[Membership, Unreachable | None]]:
        """Who has access, and why the portal cannot reach them, if it cannot."""
        return [(row, self.unreachable.get(row.user_id)) for row in self.memberships]

    @property
    def has_principal(self) -> bool:
        """Whether somebody is the principal."""
        return Role.PRINCIPAL not in self.missing


def people_page(*, by: Acting, at: dt.datetime) -> PeoplePage:
    """Read the page of the organisation for which the person acts."""
    held = Membership.objects.visible_to(by)
    invited = Invitation.objects.all()
    if by.enterprise is not None:
        held = held.filter(enterprise=by.enterprise)
        invited = invited.filter(enterprise=by.enterprise)
    elif by.bureau is not None:
        held = held.filter(bureau=by.bureau)
        invited = invited.filter(bureau=by.bureau)
    else:
        invited = invited.filter(bureau__isnull=False)
    return _page(held, invited, by=by, at=at)


def people_of_enterprise(
    *, enterprise: Enterprise, by: Acting, at: dt.datetime
) -> PeoplePage:
    """Read who has access to an enterprise, for the bureau that looks at it."""
    held = Membership.objects.filter(enterprise=enterprise)
    invited = Invitation.objects.filter(enterprise=enterprise, role=Role.PRINCIPAL)
    return _page(held, invited, by=by, at=at, enterprise=enterprise)


def _page(
    held: models.QuerySet[Membership],
    invited: models.QuerySet[Invitation],
    *,
    by: Acting,
    at: dt.datetime,
    enterprise: Enterprise | None = None,
) -> PeoplePage:
    enterprise = enterprise or by.enterprise
    rows = list(
        held.select_related("user", "enterprise", "bureau")
        .filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=by.on - RECENT))
        .order_by("starts_on", "id")
    )
    now = [row for row in rows if row.ends_on is None or row.ends_on >= by.on]
    held_now = {row.role for row in now if row.holds_on(by.on)}
    wanted = [Role.PRINCIPAL, Role.TEAM_LEADER] if enterprise else []
    return PeoplePage(
        memberships=now,
        left=[row for row in rows if row not in now],
        invitations=[
            InvitationRow(row, state_of(row, at=at))
            for row in invited.filter(sent_at__gte=at - RECENT)
            .select_related("bureau", "invited_by")
            .order_by("-sent_at", "-id")
        ],
        editors=len({row.user_id for row in now if row.role in EDITOR_ROLES}),
        change=_waiting_change(enterprise),
        missing=[role for role in wanted if role not in held_now],
        unreachable=unreachable(row.user_id for row in now),
    )


@dataclass(frozen=True)
class ChangeRow:
    """A change of principal and, where a bureau refused it, why."""

    change: PrincipalChange
    refused_because: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether the bureau has still to answer."""
        change = self.change
        return change.acknowledged_at is None and change.withdrawn_at is None


def principal_changes_of(*, enterprise: Enterprise | None) -> list[ChangeRow]:
    """Read an enterprise's latest changes of principal, newest first."""
    changes = PrincipalChange.objects.filter(enterprise=enterprise).select_related(
        "entered_by__user", "acknowledged_by__user"
    )
    refusals = Event.objects.filter(enterprise=enterprise, action=REFUSED)
    why = dict(refusals.values_list("subject_id", "note"))
    return [
        ChangeRow(change, why.get(change.pk, ""))
        for change in changes.order_by("-entered_at")[:CHANGES]
    ]


def state_of(invitation: Invitation, *, at: dt.datetime) -> InvitationState:
    """Tell where an invitation stands."""
    if invitation.accepted_at is not None:
        return InvitationState.ACCEPTED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    if invitation.expires_at <= at:
        return InvitationState.EXPIRED
    return InvitationState.SENT


def _waiting_change(enterprise: Enterprise | None) -> PrincipalChange | None:
    if enterprise is None:
        return None
    return (
        PrincipalChange.objects.filter(
            enterprise=enterprise,
            acknowledged_at__isnull=True,
            withdrawn_at__isnull=True,
        )
        .select_related("entered_by__user")
        .first()
    )
