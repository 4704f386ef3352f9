"""Saying that a signature made under one's account is not one's own."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Event, Membership, Role, User
from accounts.permissions import NotPermittedError, RefusedError
from accounts.services import notices
from hazards.models import Repudiation, Seal
from hazards.rules.deadlines import SHANGHAI


def repudiate(*, seal_id: int, reason: str, by: User, at: dt.datetime) -> Repudiation:
    """
    Put on record, beside the seal and without touching it, that the person denies
    having made it; tell the team, the principal in office and the bureau.

    :raises NotPermittedError: if the seal was made under another's account
    :raises RefusedError: if it was said already, or no reason is given
    """
    with transaction.atomic():
        # Locked, so that of two that come together the second hears that it is said.
        seal = (
            Seal.objects.select_for_update(of=("version",), no_key=True)
            .select_related("signed_by", "bureau", "version__report__enterprise")
            .get(pk=seal_id)
        )
        if seal.signed_by.user_id != by.pk:
            raise NotPermittedError(
                _("Only the person under whose account it was signed can deny it.")
            )
        if not reason.strip():
            raise RefusedError(_("Say what happened, so that it can be looked into."))
        if Repudiation.objects.filter(seal=seal).exists():
            raise RefusedError(_("You have said so already; it is on the record."))
        row = Repudiation.objects.create(seal=seal, by=by, at=at, reason=reason)
        report = seal.version.report
        Event.objects.create(
            at=at,
            by=by,
            action="repudiate",
            subject_kind="selfinspectionreport",
            subject_id=report.pk,
            enterprise=report.enterprise,
            bureau=seal.bureau,
            note=reason,
            parameters={"receipt": seal.receipt_number},
        )
        _tell(row, at=at)
    return row


def _tell(row: Repudiation, *, at: dt.datetime) -> None:
    seal = row.seal
    report = seal.version.report
    holding = Membership.objects.holding_on(at.astimezone(SHANGHAI).date())
    inside = holding.filter(
        enterprise=report.enterprise,
        role__in=[Role.CLERK, Role.TEAM_LEADER, Role.PRINCIPAL],
    )
    bureaus = {seal.bureau_id, report.bureau_id}
    office = holding.filter(
        bureau__in=bureaus, role__in=[Role.REVIEWER, Role.BUREAU_HEAD]
    )
    people = [m.user for m in (inside | office).select_related("user")]
    notices.tell(
        kind="signature_repudiated",
        cause=f"receipt {seal.receipt_number}",
        recipients=[row.by, *people],
        at=at,
        enterprise=report.enterprise,
        bureau=seal.bureau,
        path=reverse("report", args=[report.public_id]),
        parameters={
            **report.naming(),
            "enterprise": report.enterprise.name,
            "receipt": seal.receipt_number,
            "signer": row.by.full_name,
            "said": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            "reason": row.reason,
        },
    )
