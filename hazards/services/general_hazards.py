"""
General hazards (一般事故隐患), kept lightly: recorded, then rectified, struck out, or
graded up to a major one. The quarter's statistics count them.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Site
from accounts.permissions import RefusedError
from accounts.services import events
from hazards import permissions
from hazards.models import (
    Attachment,
    GeneralHazard,
    MajorHazard,
    SelfInspectionReport,
)
from hazards.services import hazard_reports, numbers, registrations
from hazards.services.descriptions import Description, last_description


@dataclass(frozen=True)
class GeneralDescription:
    """What is said of a general hazard; days are days in Asia/Shanghai."""

    site_id: int
    place: str
    description: str
    # Why it is general and not major.
    reason: str
    found_on: dt.date
    responsible_person: str = ""
    due_on: dt.date | None = None
    before_id: int | None = None


@dataclass(frozen=True)
class Rectification:
    """How it was eliminated; funds in ten thousand yuan (万元)."""

    rectified_on: dt.date
    measures: str
    funds_spent: Decimal | None = None
    after_id: int | None = None


def record(
    *,
    said: GeneralDescription,
    by: Acting,
    at: dt.datetime,
    public_id: uuid.UUID | None = None,
) -> GeneralHazard:
    """
    Put a general hazard into the ledger. The same `public_id` again, of a form sent
    twice, returns the one recorded.

    :raises NotPermittedError: if the person is not of the enterprise's team
    :raises RefusedError: if its site, day or photo cannot be
    """
    permissions.may_keep_general_hazards(by).require()
    enterprise = by.enterprise
    if enterprise is None:
        raise RefusedError(_("Switch to one of your enterprise roles first."))
    key = public_id or uuid.uuid4()
    there = GeneralHazard.objects.filter(public_id=key, enterprise=enterprise)
    _check(said, by=by)
    if there.exists():
        return there.get()
    try:
        with transaction.atomic():
            hazard = GeneralHazard.objects.create(
                public_id=key,
                number=numbers.general_hazard_number(at),
                enterprise=enterprise,
                recorded_at=at,
                recorded_by=by.membership,
                **asdict(said),
            )
            _note("record-general-hazard", hazard, by=by, at=at)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        return there.get()
    return hazard


def rectify(
    *, hazard_id: int, done: Rectification, by: Acting, at: dt.datetime
) -> GeneralHazard:
    """
    Say that it was eliminated, how, and what that cost; the same again is done once.

    :raises NotPermittedError: if the person is not of the enterprise's team
    :raises RefusedError: if its end is on record already, or the day cannot be
    """
    with transaction.atomic():
        hazard = _locked(hazard_id)
        permissions.may_keep_general_hazards(by, hazard).require()
        if _says(hazard, asdict(done)):
            return hazard
        _require_standing(hazard)
        if not hazard.found_on <= done.rectified_on <= by.on:
            raise RefusedError(
                _(
                    "It was eliminated between the day it was found and today: correct "
                    "the day."
                )
            )
        _require_own_file(done.after_id, by=by)
        _set(
            hazard, {**asdict(done), "rectified_at": at, "rectified_by": by.membership}
        )
        _note("rectify-general-hazard", hazard, by=by, at=at)
    return hazard


def strike_out(
    *, hazard_id: int, because: str, by: Acting, at: dt.datetime
) -> GeneralHazard:
    """
    Strike out what was recorded in error, with the reason; it stays to be read, and
    the statistics count it as struck out.

    :raises NotPermittedError: if the person does not write reports
    :raises RefusedError: if its end is on record already, or no reason is given
    """
    with transaction.atomic():
        hazard = _locked(hazard_id)
        permissions.may_settle_general_hazard(by, hazard).require()
        if _says(hazard, {"struck_because": because}) and because:
            return hazard
        _require_standing(hazard)
        if not because.strip():
            raise RefusedError(_("Say why it is struck out."))
        _set(
            hazard,
            {
                "struck_because": because,
                "struck_at": at,
                "struck_by": by.membership,
            },
        )
        _note("strike-out-general-hazard", hazard, by=by, at=at, note=because)
    return hazard


def grade_up(
    *, hazard_id: int, clause: str, because: str, by: Acting, at: dt.datetime
) -> SelfInspectionReport:
    """
    Grade it up: under the clause it is a major hazard, found at this moment and put on
    record at once; return its report, to be finished and signed. Again = the same.

    :raises NotPermittedError: if the person does not write reports
    :raises RefusedError: if its end is on record already, or clause or reason fail
    """
    with transaction.atomic():
        hazard = _locked(hazard_id)
        permissions.may_settle_general_hazard(by, hazard).require()
        if hazard.raised_to is not None:
            return hazard_reports.report_at_once(
                hazard_id=hazard.raised_to.pk, by=by, at=at
            )
        _require_standing(hazard)
        if not clause or not because.strip():
            raise RefusedError(
                _("Choose the clause under which it is major, and say why.")
            )
        report = hazard_reports.begin(
            description=Description(
                found_at=at,
                clause=clause,
                site_id=hazard.site_id,
                place=hazard.place,
                description=f"{hazard.description}\n由一般隐患{hazard.number}升级：{because}",
                responsible_person=hazard.responsible_person,
            ),
            by=by,
            at=at,
        )
        major = report.hazard
        assert major is not None  # noqa: S101 (it is a report about one)
        registrations.register(report_id=report.pk, hazard_id=major.pk, by=by, at=at)
        _raise(hazard, major, by=by, at=at, note=because)
    return report


def keep_graded_down(
    major: MajorHazard, *, because: str, by: Acting, at: dt.datetime
) -> GeneralHazard:
    """
    Keep a major hazard that was graded down as a general one: what is less dangerous
    is still to be eliminated. In the transaction of the act.
    """
    was = last_description(major)
    site = (
        was.site_id
        or major.enterprise.sites.order_by("id").values_list("pk", flat=True)[0]
    )
    hazard = GeneralHazard.objects.create(
        number=numbers.general_hazard_number(at),
        enterprise=major.enterprise,
        site_id=site,
        place=was.place,
        description=was.description,
        reason=because,
        found_on=by.on,
        responsible_person=was.responsible_person,
        due_on=major.due_on or was.due_on,
        came_from=major,
        recorded_at=at,
        recorded_by=by.membership,
    )
    _note("record-general-hazard", hazard, by=by, at=at)
    return hazard


def follow_grading_up(major: MajorHazard, *, by: Acting, at: dt.datetime) -> None:
    """Let what was kept of it as general follow where it is graded major again."""
    rows = GeneralHazard.objects.select_for_update().filter(came_from=major)
    for hazard in rows.standing():
        _raise(hazard, major, by=by, at=at)


def _raise(
    hazard: GeneralHazard,
    major: MajorHazard,
    *,
    by: Acting,
    at: dt.datetime,
    note: str = "",
) -> None:
    _set(hazard, {"raised_to": major, "raised_at": at, "raised_by": by.membership})
    _note("grade-up-general-hazard", hazard, by=by, at=at, note=note)


def _locked(hazard_id: int) -> GeneralHazard:
    return (
        GeneralHazard.objects.select_for_update(of=("self",))
        .select_related("enterprise", "raised_to")
        .get(pk=hazard_id)
    )


def _require_standing(hazard: GeneralHazard) -> None:
    if not hazard.is_standing:
        raise RefusedError(
            _("What became of this hazard is on record already: open it again.")
        )


def _check(said: GeneralDescription, *, by: Acting) -> None:
    if said.found_on > by.on:
        raise RefusedError(
            _("It cannot have been found later than today: correct the day.")
        )
    if said.due_on is not None and said.due_on < said.found_on:
        raise RefusedError(
            _("The deadline lies before the day on which it was found: correct it.")
        )
    if not Site.objects.filter(pk=said.site_id, enterprise=by.enterprise).exists():
        raise RefusedError(_("Choose one of your enterprise's sites."))
    _require_own_file(said.before_id, by=by)


def _require_own_file(attachment_id: int | None, *, by: Acting) -> None:
    if attachment_id is None:
        return
    own = Attachment.objects.filter(pk=attachment_id, enterprise=by.enterprise)
    if not own.exists():
        raise RefusedError(_("The file is another enterprise's: choose it again."))


def _says(hazard: GeneralHazard, values: Mapping[str, Any]) -> bool:
    """Whether it says just that already."""
    return all(getattr(hazard, name) == value for name, value in values.items())


def _set(hazard: GeneralHazard, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=list(values))


def _note(
    action: str,
    hazard: GeneralHazard,
    *,
    by: Acting,
    at: dt.datetime,
    note: str = "",
) -> None:
    events.record(
        action=action,
        subject=hazard,
        by=by,
        at=at,
        enterprise=hazard.enterprise,
        note=note,
        parameters={"hazard": hazard.number},
    )
