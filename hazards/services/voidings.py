"""A hazard that the bureau takes off the books without its being eliminated."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import HazardAct, HazardActKind, HazardHandover
from hazards.services.endings import end
from hazards.services.lives import Doing, living
from hazards.services.office_notices import tell


def void(*, hazard_id: int, doing: Doing, by: Acting, at: dt.datetime) -> HazardAct:
    """
    Strike a hazard out as reported in error (误报作废). All that was said of it stays
    on record, with the time of its first report.

    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if no reason is given
    """
    with living(hazard_id, HazardActKind.VOID, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            doing.require_words(
                _("Say why it was no major hazard, so that the enterprise knows.")
            )
            tell("hazard_voided", life, bureaus=end(life), by=by, at=at)
    return life.act


def hand_over(
    *, hazard_id: int, department: str, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Hand a hazard over to a department that uses no portal (移送).

    :param department: as that one is called
    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if no department or no reason is given
    """
    with living(hazard_id, HazardActKind.HAND_OVER, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            doing.require_words(_("Say why, so that the enterprise knows."))
            if not department.strip():
                raise RefusedError(_("Name the department that takes it over."))
            HazardHandover.objects.create(act=life.act, department=department.strip())
            tell(
                "hazard_handed_over",
                life,
                bureaus=end(life),
                by=by,
                at=at,
                department=department.strip(),
            )
    return life.act
