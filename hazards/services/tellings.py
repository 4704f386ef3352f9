"""
Workers, and the workers' congress, told of a major hazard and its plan (双报告, Work
Safety Law, art. 41).
"""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import (
    Audience,
    HazardAct,
    HazardActKind,
    HazardTelling,
    MajorHazard,
)
from hazards.rules.lives import day_of
from hazards.services.lives import Doing, living


def record(
    *,
    hazard_id: int,
    doing: Doing,
    audience: Audience,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Record on which day (`doing.on`), how (`doing.text`) and with what evidence people
    were told.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if the day, the words or the evidence are missing, or the day
        lies before the hazard was found or has not come yet
    """
    if not doing.text.strip():
        raise RefusedError(_("Say how they were told, for example at a meeting."))
    if not doing.evidence:
        raise RefusedError(
            _("Add the evidence: a photo of the notice, the minutes, a sign-in sheet.")
        )
    with living(hazard_id, HazardActKind.TELL, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            _check_day(doing.on, life.hazard, on=day_of(at))
            HazardTelling.objects.create(act=life.act, audience=audience)
    return life.act


def _check_day(told_on: dt.date | None, hazard: MajorHazard, *, on: dt.date) -> None:
    if told_on is None:
        raise RefusedError(_("Say on which day they were told."))
    if told_on > on:
        raise RefusedError(
            _("This day has not come yet: record it once they have been told.")
        )
    if told_on < day_of(hazard.found_at):
        raise RefusedError(
            _("The hazard was found on %(day)s; they cannot have been told earlier.")
            % {"day": day_of(hazard.found_at).isoformat()}
        )
