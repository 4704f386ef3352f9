"""The bureau's word that a quarter is not asked for, for good or up to a day."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import events, notices
from hazards import permissions
from hazards.models import Obligation, Waiver
from hazards.rules.obligations import ObligationState
from hazards.services.obligations import follow, hold

_DONE = {ObligationState.SATISFIED.value, ObligationState.SATISFIED_LATE.value}


def grant(
    *,
    obligation: Obligation,
    reason: str,
    expires_on: dt.date | None,
    by: Acting,
    at: dt.datetime,
) -> Waiver:
    """
    Waive a quarter up to and with the day, or for good. The enterprise is told; its
    duty follows at once, and again the day after the last.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if there is no reason, the day is over, or nothing is left to
        waive
    """
    if not reason.strip():
        raise RefusedError(_("Say why, so that the enterprise knows."))
    if expires_on is not None and expires_on < by.on:
        raise RefusedError(
            _("The last day is over already: choose today or a later day.")
        )
    with transaction.atomic():
        rows = {row.pk: row for row in hold(obligation.enterprise_id)}
        quarter = rows[obligation.pk]
        permissions.may_waive(by, quarter).require()
        _require_something_to_waive(quarter, expires_on, on=by.on)
        waiver = Waiver.objects.create(
            obligation=quarter,
            reason=reason.strip(),
            expires_on=expires_on,
            granted_at=at,
            granted_by=by.membership,
        )
        events.record(
            action="waive",
            subject=quarter,
            by=by,
            at=at,
            enterprise=quarter.enterprise,
            bureau=by.bureau,
            note=waiver.reason,
            parameters={
                "quarter": quarter.period,
                "expires_on": expires_on.isoformat() if expires_on else None,
            },
        )
        # The principal's year depends on its quarters.
        follow([quarter.enterprise_id], at=at, year=quarter.year)
        _tell(waiver, by=by, at=at)
    return waiver


def _require_something_to_waive(
    quarter: Obligation, expires_on: dt.date | None, *, on: dt.date
) -> None:
    if quarter.outlook in _DONE:
        raise RefusedError(
            _("The report of this quarter was received, so nothing is left to waive.")
        )
    holding = [
        row.expires_on
        for row in quarter.waivers.all()
        if row.expires_on is None or row.expires_on >= on
    ]
    longer = [
        day for day in holding if day is None or (expires_on and day >= expires_on)
    ]
    if longer:
        raise RefusedError(
            _(
                "A waiver that holds as long is on record already: open the page of "
                "the quarter again."
            )
        )
    if quarter.outlook == ObligationState.EXEMPT and not holding:
        raise RefusedError(
            _("The quarter is not asked for anyway, so nothing is left to waive.")
        )


def _tell(waiver: Waiver, *, by: Acting, at: dt.datetime) -> None:
    quarter = waiver.obligation
    notices.tell(
        kind="waiver_granted",
        cause=f"waiver {waiver.pk}",
        recipients=holders(
            roles={*EDITOR_ROLES, Role.PRINCIPAL},
            on=by.on,
            enterprise=quarter.enterprise,
        ),
        at=at,
        enterprise=quarter.enterprise,
        path=reverse("obligation", args=[quarter.public_id]),
        parameters={
            "enterprise": quarter.enterprise.name,
            "quarter": quarter.period,
            "bureau": by.bureau.name if by.bureau else "",
            "reason": waiver.reason,
            "expires_on": waiver.expires_on.isoformat() if waiver.expires_on else "",
        },
    )
