"""What is on record about an enterprise itself."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Enterprise
from accounts.permissions import RefusedError
from accounts.services import events


def correct_founding(
    *,
    enterprise: Enterprise,
    established_on: dt.date,
    reason: str,
    by: Acting,
    at: dt.datetime,
) -> dt.date:
    """
    Write another founding day and return the one that stood before; the event keeps
    both. Whoever calls has asked whether the person may.

    :raises RefusedError: if it is the day on record
    """
    with transaction.atomic():
        row = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
        was = row.established_on
        if was == established_on:
            raise RefusedError(
                _("This day is on record already, so nothing has to be corrected.")
            )
        row.established_on = established_on
        row.save(update_fields=["established_on"])
        events.record(
            action="correct-founding",
            subject=row,
            by=by,
            at=at,
            enterprise=row,
            bureau=by.bureau,
            note=reason,
            parameters={"was": was.isoformat(), "now": established_on.isoformat()},
        )
    enterprise.established_on = established_on
    return was
