"""Where an enterprise works, and which bureau receives from there."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import (
    Acting,
    Bureau,
    Enterprise,
    Role,
    Site,
    SupervisionAssignment,
)
from accounts.permissions import RefusedError, may_add_site, may_hand_over
from accounts.queries.memberships import holders
from accounts.services import bureaus, events, notices
from accounts.services.dated import end_before


def add_site(
    *,
    enterprise: Enterprise,
    name: str,
    address: str,
    county: str,
    by: Acting,
    at: dt.datetime,
) -> Site:
    """
    Put a site on record; `county` is its GB/T 2260 code.

    :raises NotPermittedError: if the person may not
    :raises accounts.codes.errors.CodeError: if the code is unknown today
    :raises RefusedError: if there is a site of that name
    """
    may_add_site(by, enterprise).require()
    try:
        with transaction.atomic():
            site = Site.objects.create(
                enterprise=enterprise,
                name=name,
                address=address,
                county=bureaus.jurisdiction(code=county, on=by.on),
                recorded_at=at,
            )
            events.record(
                action="site-added",
                subject=site,
                by=by,
                at=at,
                enterprise=enterprise,
                parameters={"name": name, "county": county},
            )
    except IntegrityError as error:
        msg = _("There is a site of this name already: choose another name.")
        raise RefusedError(msg) from error
    return site


def hand_over(
    *,
    enterprise: Enterprise,
    site: Site | None,
    bureau: Bureau,
    starts_on: dt.date,
    reason: str,
    by: Acting,
    at: dt.datetime,
) -> SupervisionAssignment:
    """
    Let another bureau receive from the enterprise, or from one of its sites, from a
    day on. What was received stays where it was received.

    :raises NotPermittedError: if the person is not of the supervising bureau
    :raises RefusedError: if the day has passed, or a later change is on record
    """
    may_hand_over(by, enterprise).require()
    if starts_on < by.on:
        raise RefusedError(_("Choose today or a later day: what was, stays."))
    with transaction.atomic():
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        rows = SupervisionAssignment.objects.filter(enterprise=enterprise, site=site)
        coming = rows.filter(starts_on__gte=starts_on).exclude(
            ends_on__lt=F("starts_on")
        )
        if coming.exists():
            msg = _("A change on this day or later is on record: choose a later day.")
            raise RefusedError(msg)
        end_before(rows.holding_on(starts_on).first(), starts_on, by=by, at=at)
        row = SupervisionAssignment.objects.create(
            enterprise=enterprise,
            site=site,
            bureau=bureau,
            starts_on=starts_on,
            reason=reason,
            recorded_at=at,
            recorded_by=by.user,
        )
        _record(row, by=by, at=at)
    return row


def _record(row: SupervisionAssignment, *, by: Acting, at: dt.datetime) -> None:
    """Leave the trace, and tell the enterprise and the bureau that receives now."""
    enterprise, site = row.enterprise, row.site
    said: dict[str, object] = {
        "enterprise": enterprise.name,
        "site": site.name if site else "",
        "bureau": row.bureau.name,
        "starts_on": row.starts_on.isoformat(),
    }
    events.record(
        action="handed-over",
        subject=row,
        by=by,
        at=at,
        enterprise=enterprise,
        bureau=row.bureau,
        note=row.reason,
        parameters=said,
    )
    told = holders(
        roles=(Role.PRINCIPAL, Role.TEAM_LEADER), enterprise=enterprise, on=by.on
    )
    told += holders(
        roles=(Role.REVIEWER, Role.BUREAU_HEAD), bureau=row.bureau, on=by.on
    )
    notices.tell(
        kind="handed_over",
        cause=f"assignment {row.pk}",
        recipients=told,
        at=at,
        enterprise=enterprise,
        path=reverse("enterprise", args=[enterprise.public_id]),
        parameters={**said, "reason": row.reason},
    )
