"""The tree of bureaus, and what they cover."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.codes import regions
from accounts.models import Acting, Bureau, BureauCoverage, Jurisdiction
from accounts.permissions import RefusedError, may_create_bureau
from accounts.services import events


def create_bureau(
    *,
    name: str,
    level: str,
    by: Acting | None,
    at: dt.datetime,
    on: dt.date,
    parent: Bureau | None = None,
    covers: Iterable[str] = (),
    phone: str = "",
) -> Bureau:
    """
    Make a bureau below `parent` that covers the places with the given codes from
    `on`. `by=None` is the first start of a portal.

    :raises NotPermittedError: if `by` is not an operator
    :raises RefusedError: if there is a bureau of that name
    :raises accounts.codes.errors.CodeError: if a code is unknown on that day
    """
    if by is not None:
        may_create_bureau(by).require()
    codes = list(covers)
    with transaction.atomic():
        if Bureau.objects.filter(name=name).exists():
            raise RefusedError(_("There is a bureau of this name."))
        bureau = Bureau(name=name, level=level, parent=parent, phone=phone)
        # Taken beforehand, because the path holds the id.
        bureau.pk = _next_id()
        bureau.path = f"{parent.path if parent else ''}{bureau.pk}."
        bureau.save(force_insert=True)
        for code in codes:
            cover(bureau=bureau, code=code, starts_on=on, by=by, at=at)
        events.record(
            action="bureau-created",
            subject=bureau,
            by=by,
            at=at,
            bureau=bureau,
            parameters={"covers": codes},
        )
    return bureau


def cover(
    *,
    bureau: Bureau,
    code: str,
    starts_on: dt.date,
    by: Acting | None,
    at: dt.datetime,
) -> BureauCoverage:
    """
    Let a bureau cover a place from a day on. Whether `by` may is for the caller.

    :raises accounts.codes.errors.CodeError: if the code is unknown on that day
    """
    return BureauCoverage.objects.create(
        bureau=bureau,
        jurisdiction=jurisdiction(code=code, on=starts_on),
        starts_on=starts_on,
        recorded_at=at,
        recorded_by=by.user if by else None,
    )


def jurisdiction(*, code: str, on: dt.date) -> Jurisdiction:
    """
    Return the stored place with the code, making it and those above it if new.

    :raises accounts.codes.errors.CodeError: if the code is unknown on that day
    """
    region = regions.check(code, on=on)
    parent = (
        jurisdiction(code=region.parent_code, on=on) if region.parent_code else None
    )
    place, _made = Jurisdiction.objects.get_or_create(
        code=region.code,
        valid_from=region.since,
        defaults={"name": region.zh, "parent": parent, "valid_to": region.until},
    )
    return place


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_bureau', 'id'))"
        )
        return int(cursor.fetchone()[0])
