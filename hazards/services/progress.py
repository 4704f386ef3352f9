"""How the rectification of a major hazard goes on: words, photos, funds, stops."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import HazardAct, HazardActKind, HazardProgress, Stop
from hazards.services.lives import Doing, living


def record(
    *,
    hazard_id: int,
    doing: Doing,
    funds_spent: Decimal | None = None,
    stopped: Stop | None = None,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Record what was done, the funds spent with it (万元) and how much of the work
    stands still from now on; none = none of it.

    :raises NotPermittedError: if the person may not, or the hazard is past this
    :raises RefusedError: if nothing is said, or the funds are negative
    """
    if not doing.text.strip():
        raise RefusedError(_("Say in words what was done."))
    if funds_spent is not None and funds_spent < 0:
        raise RefusedError(_("The funds spent cannot be less than nothing."))
    with living(hazard_id, HazardActKind.PROGRESS, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            HazardProgress.objects.create(
                act=life.act, funds_spent=funds_spent, stopped=stopped or ""
            )
    return life.act
