"""What a bureau decides for itself: dated, ended by what follows, never edited."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, BureauDay, BureauPolicy
from accounts.permissions import RefusedError, may_set_policy
from accounts.services import events
from accounts.services.dated import end_before


def set_policy(
    *,
    bureau: Bureau,
    name: str,
    value: str,
    starts_on: dt.date,
    reason: str,
    by: Acting,
    at: dt.datetime,
) -> BureauPolicy:
    """
    Set a policy from a day on; the one that held until then ends the day before.
    Name and value have been checked against the law's list of policies.

    :raises NotPermittedError: if `by` is not the head of the bureau
    :raises RefusedError: if an entry begins on that day or later
    """
    may_set_policy(by, bureau).require()
    with transaction.atomic():
        Bureau.objects.select_for_update().get(pk=bureau.pk)
        rows = BureauPolicy.objects.filter(bureau=bureau, name=name)
        later = rows.filter(starts_on__gte=starts_on).exclude(
            # Ended before it began: said, and taken back.
            ends_on__lt=F("starts_on")
        )
        if later.exists():
            msg = _(
                "There is an entry that begins on this day or later: choose a later "
                "day."
            )
            raise RefusedError(msg)
        end_before(rows.holding_on(starts_on).first(), starts_on, by=by, at=at)
        row = BureauPolicy.objects.create(
            bureau=bureau,
            name=name,
            value=value,
            reason=reason,
            starts_on=starts_on,
            recorded_at=at,
            recorded_by=by.user,
        )
        events.record(
            action="policy-set",
            subject=row,
            by=by,
            at=at,
            bureau=bureau,
            note=reason,
            parameters={
                "name": name,
                "value": value,
                "starts_on": starts_on.isoformat(),
            },
        )
    return row


def set_day(
    *,
    bureau: Bureau,
    day: dt.date,
    is_workday: bool,
    reason: str,
    by: Acting,
    at: dt.datetime,
) -> BureauDay:
    """
    Declare a day working or free, from today on; an earlier word about it ends.

    :raises NotPermittedError: if `by` is not the head of the bureau
    :raises RefusedError: if this was already said
    """
    may_set_policy(by, bureau).require()
    with transaction.atomic():
        Bureau.objects.select_for_update().get(pk=bureau.pk)
        rows = BureauDay.objects.filter(bureau=bureau, day=day)
        said = rows.holding_on(by.on).first()
        if said is not None and said.is_workday == is_workday:
            raise RefusedError(_("The bureau has already said so about this day."))
        end_before(said, by.on, by=by, at=at)
        row = BureauDay.objects.create(
            bureau=bureau,
            day=day,
            is_workday=is_workday,
            reason=reason,
            starts_on=by.on,
            recorded_at=at,
            recorded_by=by.user,
        )
        events.record(
            action="day-set",
            subject=row,
            by=by,
            at=at,
            bureau=bureau,
            note=reason,
            parameters={"day": day.isoformat(), "is_workday": is_workday},
        )
    return row
