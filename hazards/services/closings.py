"""
The end of a rectification as the enterprise brings it about: closing a hazard itself
(销号), or asking the bureau to look and, where work stands still, to let it resume.
"""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import HazardAct, HazardActKind, HazardRecheck
from hazards.rules.lives import day_of, recheck_due
from hazards.services.endings import end
from hazards.services.life_notices import office_of, principal_of, team_of, tell
from hazards.services.lives import Doing, living


def close(*, hazard_id: int, doing: Doing, by: Acting, at: dt.datetime) -> HazardAct:
    """
    Close an accepted hazard of which the bureau ordered nothing and which is not
    listed. More time that nobody answered is not given. Team, principal and bureau are
    told.

    :raises NotPermittedError: if the person may not, or the bureau closes it
    :raises RefusedError: if nothing is said
    """
    if not doing.text.strip():
        raise RefusedError(_("Say on what the closing rests."))
    with living(hazard_id, HazardActKind.CLOSE, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            hazard = life.hazard
            end(life)
            hazard.closed_at = at
            tell(
                "hazard_closed",
                life.act,
                [
                    *team_of(hazard, on=by.on),
                    *principal_of(hazard, on=by.on),
                    *office_of(hazard, on=by.on),
                ],
                hazard=hazard,
                by=by,
                at=at,
            )
    return life.act


def apply_for_recheck(
    *, hazard_id: int, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Apply for a look on site (复查); where the bureau ordered work to stop, it is the
    application to resume (Order 16, art. 18 and 23). The bureau looks within the days
    of `rules.lives.recheck_due`. It and the principal are told.

    :raises NotPermittedError: if the person may not, or it is not accepted yet
    :raises RefusedError: if nothing is said
    """
    if not doing.text.strip():
        raise RefusedError(_("Say what was done, so that the officers can look at it."))
    with living(
        hazard_id, HazardActKind.APPLY_FOR_RECHECK, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            hazard = life.hazard
            recheck = HazardRecheck.objects.create(
                asked=life.act,
                resumes=bool(hazard.stop_ordered),
                due_on=recheck_due(day_of(at)),
            )
            hazard.recheck_due_on = recheck.due_on
            tell(
                "hazard_recheck_applied",
                life.act,
                [*office_of(hazard, on=by.on), *principal_of(hazard, on=by.on)],
                hazard=hazard,
                by=by,
                at=at,
                resumes=recheck.resumes,
                due_on=recheck.due_on.isoformat(),
            )
    return life.act
