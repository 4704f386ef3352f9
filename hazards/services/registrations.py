"""Putting a hazard on record: an explicit act, in server time."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from accounts.services import events
from hazards import permissions
from hazards.models import HazardStatement, ReportVersion
from hazards.queries.contents import hazard_content, hazard_facts, photos_of
from hazards.services import lives
from hazards.services.versions import (
    locked_open_version,
    locked_report,
    statement_of,
)


def register(*, report_id: int, hazard_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Put a hazard on record as it is described now: the explicit act of a team member,
    in server time. Once registered it is never deleted.

    :raises NotPermittedError: if the person is not of the enterprise's team
    :raises RefusedError: if clause, site, place or what is wrong is not said yet
    """
    with transaction.atomic():
        report = locked_report(report_id)
        permissions.may_register(by, report).require()
        version = locked_open_version(report)
        stated = statement_of(version, hazard_id)
        missing = not (
            stated.clause and stated.site_id and stated.place and stated.description
        )
        if missing:
            raise RefusedError(
                _(
                    "Say under which clause, at which site, where exactly and what is "
                    "wrong, save it, then register it."
                )
            )
        if stated.hazard.registered_at is None:
            _register([stated], version=version, by=by, at=at)


def register_all(version: ReportVersion, *, by: Acting, at: dt.datetime) -> None:
    """Register what the version describes and nobody has registered; in the caller's
    transaction, once the version is complete."""
    rows = version.stated.select_related("hazard", "site__county").filter(
        hazard__registered_at__isnull=True
    )
    _register(list(rows), version=version, by=by, at=at)


def _register(
    rows: list[HazardStatement],
    *,
    version: ReportVersion,
    by: Acting,
    at: dt.datetime,
) -> None:
    photos = photos_of(version) if rows else {}
    report = version.report
    for stated in rows:
        facts = hazard_facts(stated, photos.get(stated.hazard_id, []))
        hazard = stated.hazard
        hazard.registered_at, hazard.registered_by = at, by.membership
        hazard.registered_as = hazard_content(stated, facts)
        lives.put_on_record(hazard, by=by, at=at)
        columns = ["registered_at", "registered_by", "registered_as", "state"]
        hazard.save(update_fields=columns)
        events.record(
            action="register-hazard",
            subject=report,
            by=by,
            at=at,
            enterprise=report.enterprise,
            parameters={**report.naming(), "hazard": hazard.number},
        )
