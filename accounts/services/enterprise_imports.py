"""Taking in a bureau's list of enterprises: all of it or nothing, once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.codes import uscc
from accounts.models import (
    Acting,
    Bureau,
    Enterprise,
    EnterpriseImport,
    HazardFeature,
    HighRiskDesignation,
    Invitation,
    Jurisdiction,
    Membership,
    Role,
    Site,
    StandardizationLevel,
    SupervisionAssignment,
)
from accounts.permissions import NotPermittedError, RefusedError, may_import
from accounts.services import bureaus, enterprise_files, events, invitations
from accounts.services.enterprise_files import Line
from accounts.services.enterprise_rows import (
    CheckedRow,
    EnterpriseSaid,
    check_rows,
    codes_in,
)
from accounts.services.invitations import Sent

# Invitations sent in one act; more follow by pressing again.
INVITED_AT_ONCE = 200
_BATCH = 1000


def upload(
    *,
    file: BinaryIO,
    file_name: str,
    size: int,
    starts_on: dt.date,
    by: Acting,
    at: dt.datetime,
) -> EnterpriseImport:
    """
    Read a list and keep it for the preview; nothing is taken in yet. From `starts_on`
    the bureau is to receive the reports.

    :raises NotPermittedError: if `by` may not import
    :raises RefusedError: if the file cannot be read
    """
    may_import(by).require()
    lines = enterprise_files.read_list(file, size=size)
    return EnterpriseImport.objects.create(
        bureau=_bureau(by),
        uploaded_by=by.user,
        uploaded_at=at,
        file_name=file_name[-200:],
        rows={
            "starts_on": starts_on.isoformat(),
            "lines": [{"number": row.number, "texts": _kept(row)} for row in lines],
        },
    )


def starts_on_of(upload_: EnterpriseImport) -> dt.date:
    """The day from which the bureau is to receive the reports."""
    return dt.date.fromisoformat(upload_.rows["starts_on"])


def checked(upload_: EnterpriseImport, *, on: dt.date) -> list[CheckedRow]:
    """Check the rows against the codes and what is on record now."""
    lines = _lines(upload_)
    known = set(
        Enterprise.objects.filter(uscc__in=codes_in(lines)).values_list(
            "uscc", flat=True
        )
    )
    return check_rows(lines, known=known, on=on)


def take_in(*, upload_: EnterpriseImport, by: Acting, at: dt.datetime) -> bool:
    """
    Take in every enterprise of the list, or none; False if it was done before.

    :raises NotPermittedError: if `by` is not of the bureau or may not import
    :raises RefusedError: if a row has an error
    """
    may_import(by).require()
    if upload_.bureau != by.bureau:
        raise NotPermittedError(_("Another bureau uploaded this list."))
    try:
        with transaction.atomic():
            row = EnterpriseImport.objects.select_for_update().get(pk=upload_.pk)
            if row.taken_in_at is not None:
                return False
            _store(row, by=by, at=at)
            row.taken_in_at = at
            row.save(update_fields=["taken_in_at"])
    except IntegrityError as error:
        msg = _("Somebody has just taken in one of these enterprises: look again.")
        raise RefusedError(msg) from error
    return True


def prepared_principals(upload_: EnterpriseImport) -> dict[str, tuple[str, str]]:
    """Name and mobile number of the principals in the list, by credit code."""
    on = timezone.localtime(upload_.taken_in_at or upload_.uploaded_at).date()
    return {
        row.said.uscc: (row.said.principal_name, row.said.principal_mobile)
        for row in check_rows(_lines(upload_), known=(), on=on)
        if row.said and row.said.principal_name
    }


def prepared_principal(enterprise: Enterprise) -> tuple[str, str]:
    """The principal's name and number in the list that brought the enterprise in."""
    upload_ = EnterpriseImport.objects.filter(
        taken_in_at__isnull=False,
        rows__lines__contains=[{"texts": {"uscc": enterprise.uscc}}],
    ).first()
    if upload_ is None:
        return "", ""
    return prepared_principals(upload_).get(enterprise.uscc, ("", ""))


def waiting_principals(upload_: EnterpriseImport, *, on: dt.date) -> list[Enterprise]:
    """Enterprises of the list that have neither principal nor an open invitation."""
    prepared = prepared_principals(upload_)
    held = Membership.objects.holding_on(on).filter(role=Role.PRINCIPAL)
    invited = Invitation.objects.filter(role=Role.PRINCIPAL, withdrawn_at__isnull=True)
    return list(
        Enterprise.objects.filter(uscc__in=prepared)
        .exclude(pk__in=held.values("enterprise"))
        .exclude(pk__in=invited.filter(enterprise__isnull=False).values("enterprise"))
        .order_by("id")
    )


def invite_principals(
    *, upload_: EnterpriseImport, by: Acting, at: dt.datetime
) -> list[Sent]:
    """
    Invite the principals that the list names, at most 200 in one act.

    :raises NotPermittedError: if `by` is not of the supervising bureau
    """
    may_import(by).require()
    prepared = prepared_principals(upload_)
    sent = []
    with transaction.atomic():
        EnterpriseImport.objects.select_for_update().get(pk=upload_.pk)
        for enterprise in waiting_principals(upload_, on=by.on)[:INVITED_AT_ONCE]:
            name, number = prepared[enterprise.uscc]
            sent.append(
                invitations.invite(
                    person=invitations.Person(full_name=name, mobile=number),
                    role=Role.PRINCIPAL,
                    enterprise=enterprise,
                    by=by,
                    at=at,
                )
            )
    return sent


def _kept(line: Line) -> dict[str, str]:
    """The texts as read; the code as it would be stored, so that it can be found."""
    code = line.texts.get("uscc")
    return {**line.texts, "uscc": uscc.normalize(code)} if code else line.texts


def _lines(upload_: EnterpriseImport) -> list[Line]:
    return [Line(row["number"], row["texts"]) for row in upload_.rows["lines"]]


def _bureau(by: Acting) -> Bureau:
    if by.bureau is None:
        raise NotPermittedError(_("Only a bureau imports enterprises."))
    return by.bureau


def _store(upload_: EnterpriseImport, *, by: Acting, at: dt.datetime) -> None:
    rows = checked(upload_, on=by.on)
    said = [row.said for row in rows if row.said is not None]
    if len(said) < len(rows):
        msg = _(
            "The list has errors, so nothing was taken in: correct it, upload again."
        )
        raise RefusedError(msg)
    places = _places(said, on=by.on)
    made = Enterprise.objects.bulk_create(
        [
            Enterprise(
                uscc=row.uscc,
                name=row.name,
                registered_address=row.registered_address,
                county=places[row.county],
                industry=row.industry,
                established_on=row.established_on,
                recorded_at=at,
            )
            for row in said
        ],
        batch_size=_BATCH,
    )
    pairs = list(zip(made, said, strict=True))
    Site.objects.bulk_create(
        [
            Site(
                enterprise=enterprise,
                name=row.site_name,
                address=row.site_address,
                county=places[row.site_county],
                recorded_at=at,
            )
            for enterprise, row in pairs
        ],
        batch_size=_BATCH,
    )
    _store_facts(pairs, upload_, by=by, at=at)
    events.record(
        action="enterprises-imported",
        subject=upload_,
        by=by,
        at=at,
        bureau=upload_.bureau,
        parameters={"file_name": upload_.file_name, "enterprises": len(made)},
    )
    events.record_each(action="enterprise-imported", subjects=made, by=by, at=at)


def _store_facts(
    pairs: Sequence[tuple[Enterprise, EnterpriseSaid]],
    upload_: EnterpriseImport,
    *,
    by: Acting,
    at: dt.datetime,
) -> None:
    starts_on = starts_on_of(upload_)
    learned = {"recorded_at": at, "recorded_by": by.user}
    SupervisionAssignment.objects.bulk_create(
        [
            SupervisionAssignment(
                enterprise=enterprise,
                bureau=upload_.bureau,
                starts_on=starts_on,
                reason=upload_.file_name,
                **learned,
            )
            for enterprise, _row in pairs
        ],
        batch_size=_BATCH,
    )
    StandardizationLevel.objects.bulk_create(
        [
            StandardizationLevel(
                enterprise=enterprise,
                level=row.level.level,
                certificate_number=row.level.certificate,
                starts_on=row.level.starts_on,
                ends_on=row.level.ends_on,
                **learned,
            )
            for enterprise, row in pairs
            if row.level
        ],
        batch_size=_BATCH,
    )
    HighRiskDesignation.objects.bulk_create(
        [
            HighRiskDesignation(
                enterprise=enterprise,
                basis=row.high_risk_basis,
                starts_on=starts_on,
                **learned,
            )
            for enterprise, row in pairs
            if row.high_risk_basis
        ],
        batch_size=_BATCH,
    )
    HazardFeature.objects.bulk_create(
        [
            HazardFeature(
                enterprise=enterprise, feature=feature, starts_on=starts_on, **learned
            )
            for enterprise, row in pairs
            for feature in row.features
        ],
        batch_size=_BATCH,
    )


def _places(said: Iterable[EnterpriseSaid], *, on: dt.date) -> dict[str, Jurisdiction]:
    codes = {code for row in said for code in (row.county, row.site_county)}
    return {code: bureaus.jurisdiction(code=code, on=on) for code in sorted(codes)}
