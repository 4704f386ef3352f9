"""
More time for a major hazard: asked for before the deadline, answered by the bureau
where it ordered the rectification or the hazard is listed, else by the principal.
"""

import datetime as dt
import uuid
from dataclasses import replace

from django.utils.translation import gettext as _

from accounts.models import Acting, User
from accounts.permissions import RefusedError
from hazards.models import HazardAct, HazardActKind, HazardExtension, MajorHazard
from hazards.permissions.lives import is_supervised
from hazards.rules.lives import day_of, extended
from hazards.services.life_notices import office_of, principal_of, team_of, tell
from hazards.services.lives import Doing, Living, living


def ask(
    *,
    hazard_id: int,
    doing: Doing,
    to_on: dt.date,
    interim_measures: str,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Ask for time until `to_on` (Asia/Shanghai), with the reason (`doing.text`) and what
    keeps people safe until then. Whoever answers is told.

    :raises NotPermittedError: if the person may not, the deadline has passed, or an
        answer is awaited
    :raises RefusedError: if reason or measures are missing, or the day is not later
    """
    if not doing.text.strip():
        raise RefusedError(_("Say why more time is needed."))
    if not interim_measures.strip():
        raise RefusedError(_("Say what keeps people safe until then."))
    # The instant of the act counts, also where the page was opened before midnight.
    by = replace(by, on=day_of(at))
    with living(
        hazard_id, HazardActKind.ASK_EXTENSION, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            hazard = life.hazard
            asked = HazardExtension.objects.create(
                asked=life.act,
                from_on=_later(hazard, to_on),
                to_on=to_on,
                interim_measures=interim_measures.strip(),
                by_bureau=is_supervised(hazard),
            )
            hazard.extension_asked_at = at
            tell(
                "hazard_extension_asked",
                life.act,
                _answerers(asked, hazard, on=by.on),
                hazard=hazard,
                by=by,
                at=at,
                from_on=asked.from_on.isoformat(),
                to_on=to_on.isoformat(),
            )
    return life.act


def answer(
    *,
    hazard_id: int,
    asked: uuid.UUID,
    approved: bool,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Approve or refuse, with the reason (`doing.text`). Approved, the deadline moves to
    the later of the two days. The other side is told, and so is the bureau where the
    principal answers.

    :param asked: the key of the act that asked, as it was shown
    :raises NotPermittedError: if the person may not, or nobody waits for an answer
    :raises RefusedError: if no reason is given, or another request waits by now
    """
    if not doing.text.strip():
        raise RefusedError(_("Say why: who asked for more time reads it."))
    with living(
        hazard_id, HazardActKind.ANSWER_EXTENSION, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            _settle(_waiting(life, asked), life, approved=approved, by=by, at=at)
    return life.act


def _later(hazard: MajorHazard, to_on: dt.date) -> dt.date:
    """The deadline, which `to_on` must lie behind."""
    due_on = hazard.due_on
    assert due_on is not None  # noqa: S101 (without one nobody may ask)
    if to_on <= due_on:
        raise RefusedError(
            _("The deadline is %(day)s: ask for a later day.")
            % {"day": due_on.isoformat()}
        )
    return due_on


def _answerers(
    asked: HazardExtension, hazard: MajorHazard, *, on: dt.date
) -> list[User]:
    return office_of(hazard, on=on) if asked.by_bureau else principal_of(hazard, on=on)


def _waiting(life: Living, asked: uuid.UUID) -> HazardExtension:
    """The request that waits, if it is the one that was shown."""
    extension = HazardExtension.objects.filter(
        asked__hazard=life.hazard, asked__key=asked, answered__isnull=True
    ).first()
    if extension is None:
        raise RefusedError(
            _("Another request waits by now: open the page again and read it.")
        )
    return extension


def _settle(
    extension: HazardExtension,
    life: Living,
    *,
    approved: bool,
    by: Acting,
    at: dt.datetime,
) -> None:
    hazard = life.hazard
    extension.answered, extension.approved = life.act, approved
    extension.save(update_fields=["answered", "approved"])
    hazard.extension_asked_at = None
    if approved:
        hazard.due_on = extended(hazard.due_on or extension.from_on, extension.to_on)
    people = [*team_of(hazard, on=by.on), *principal_of(hazard, on=by.on)]
    if by.bureau is None:
        people += office_of(hazard, on=by.on)
    tell(
        "hazard_extension_answered",
        life.act,
        people,
        hazard=hazard,
        by=by,
        at=at,
        approved=approved,
        by_bureau=by.bureau is not None,
        due_on=hazard.due_on.isoformat() if hazard.due_on else "",
        to_on=extension.to_on.isoformat(),
    )
