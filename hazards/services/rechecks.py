"""The bureau looks on site whether a hazard is eliminated (复查; Order 16 art. 23)."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Acting, Membership
from accounts.permissions import RefusedError
from hazards.models import HazardAct, HazardActKind, HazardRecheck
from hazards.permissions.lives import may_recheck_with
from hazards.rules.lives import recheck_due
from hazards.services.endings import end
from hazards.services.lives import Doing, Living, living
from hazards.services.office_notices import day, tell
from hazards.services.supervision import put_order


def order_recheck(
    *, hazard_id: int, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Decide to look at a hazard that the enterprise has accepted and not applied for.

    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if nothing is said
    """
    with living(
        hazard_id, HazardActKind.ORDER_RECHECK, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            doing.require_words(_("Say why, so that the enterprise knows."))
            recheck = HazardRecheck.objects.create(
                asked=life.act, due_on=recheck_due(by.on)
            )
            life.hazard.recheck_due_on = recheck.due_on
            tell(
                "hazard_recheck_ordered", life, by=by, at=at, due_on=day(recheck.due_on)
            )
    return life.act


def pass_recheck(
    *, hazard_id: int, second: Membership, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Find the hazard eliminated: it is closed (核销), orders are lifted and a listing
    ends by the same act, which is the consent to resume what stood still.

    :param second: the officer who looked with the person
    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if the second officer cannot be one, or no finding is given
    """
    with living(
        hazard_id, HazardActKind.PASS_RECHECK, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            recheck = _settle(life, second, doing=doing, by=by)
            hazard = life.hazard
            was_stopped = bool(hazard.stop_ordered) or recheck.resumes
            was_listed = bool(hazard.listed)
            hazard.closed_at = at
            tell(
                "hazard_recheck_passed",
                life,
                bureaus=end(life),
                by=by,
                at=at,
                was_stopped=was_stopped,
                was_listed=was_listed,
            )
    return life.act


def fail_recheck(
    *,
    hazard_id: int,
    second: Membership,
    due_on: dt.date,
    document_number: str,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Find the hazard not eliminated: it goes back to rectification, ordered until a new
    day, so that the next word on it is the bureau's again. Orders that stood stand on.

    :param second: the officer who looked with the person
    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if the second officer cannot be one, the day is over, or no
        finding is given
    """
    with living(
        hazard_id, HazardActKind.FAIL_RECHECK, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            _settle(life, second, doing=doing, by=by)
            put_order(life, due_on=due_on, document_number=document_number, by=by)
            life.hazard.accepted_at = None
            tell(
                "hazard_recheck_failed",
                life,
                by=by,
                at=at,
                due_on=day(due_on),
                document_number=document_number,
            )
    return life.act


def _settle(
    life: Living, second: Membership, *, doing: Doing, by: Acting
) -> HazardRecheck:
    """Write the result with its two officers; the caller says what follows from it."""
    doing.require_words(_("Say what you found on site."))
    decision = may_recheck_with(by, second, life.hazard)
    if not decision:
        raise RefusedError(decision.reason)
    recheck = HazardRecheck.objects.get(asked__hazard=life.hazard, done__isnull=True)
    recheck.done = life.act
    recheck.passed = life.act.kind == HazardActKind.PASS_RECHECK
    recheck.first_officer, recheck.second_officer = by.membership, second
    recheck.save(update_fields=["done", "passed", "first_officer", "second_officer"])
    life.hazard.recheck_due_on = None
    return recheck
