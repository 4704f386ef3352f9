"""The principal's signature: exactly what was shown, sealed and received at once."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, Enterprise
from accounts.permissions import RefusedError
from accounts.queries.memberships import receiving_bureau
from accounts.services import events, notices
from accounts.services.credentials import FreshProof
from hazards.models import (
    ChainEntry,
    ReportVersion,
    Seal,
    SelfInspection,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.queries.completeness import Standing, blockers
from hazards.queries.contents import (
    listed_inspections,
    live_facts,
    live_frame,
    sealed_bytes,
)
from hazards.queries.deadlines import due_for
from hazards.queries.envelopes import envelope
from hazards.rules import seals
from hazards.rules.deadlines import SHANGHAI, is_in_time
from hazards.rules.statements import NOTHING_FOUND, statement
from hazards.services import numbers
from hazards.services.moves import moving
from hazards.services.reports import IncompleteError, team_of
from hazards.workflow import ReportAction


class ChangedSinceShownError(RefusedError):
    """The report is no longer what was shown; `shown` and `now` are both contents."""

    def __init__(self, *, shown: bytes, now: bytes) -> None:
        super().__init__(
            _(
                "The report changed after this page was shown to you, so it was not "
                "signed. Read what changed, then sign again if you agree."
            )
        )
        self.shown = shown
        self.now = now


def sign_off(
    *, report_id: int, shown: bytes, proof: FreshProof, by: Acting, at: dt.datetime
) -> Seal:
    """
    Record that the principal stands behind the report: seal the exact bytes shown,
    chain them, receive them for the bureau, give the receipt to signer and team. One
    transaction; the server's time is the filing.

    :param shown: the canonical bytes that the signing page showed
    :param proof: fresh proof of who signs, from the same request
    :raises NotPermittedError: if the person may not sign this report now
    :raises ChangedSinceShownError: if the report is not what was shown
    :raises IncompleteError: if something is missing by now
    :raises RefusedError: if the proof is another's, of another moment, or used up
    """
    if proof.user_id != by.user.pk or proof.at != at:
        raise RefusedError(_("Prove again who you are: enter your password or code."))
    with transaction.atomic():
        _use_up(proof)
        with moving(report_id, ReportAction.SIGN_OFF, by=by, at=at) as report:
            bureau = receiving_bureau(report.enterprise, on=by.on)
            if bureau is None:
                raise RefusedError(
                    _(
                        "No bureau is assigned to receive this report: telephone the "
                        "emergency management bureau of your county."
                    )
                )
            version, visits = _frozen(report, bureau=bureau, by=by)
            now = sealed_bytes(version, seal_format=seals.CURRENT_FORMAT)
            if now != shown:
                raise ChangedSinceShownError(shown=shown, now=now)
            standing = Standing(
                visits=tuple((visit.ended_on, visit.team) for visit in visits),
                principal=by.membership,
                bureau=bureau,
            )
            missing = blockers(version, standing, on=by.on)
            if missing:
                raise IncompleteError(missing)
            seal = _seal(version, content=now, bureau=bureau, proof=proof, by=by, at=at)
            report.bureau, report.received_at, report.reviewer = bureau, at, None
            report.first_received_at = report.first_received_at or at
        _give_receipt(report, seal=seal, by=by, at=at)
        # Last, so that nothing slow happens while the enterprise's chain is held.
        _chain(seal, enterprise=report.enterprise)
    return seal


def _use_up(proof: FreshProof) -> None:
    """Two reports need two proofs, even in one request."""
    if Seal.objects.filter(
        signed_by__user_id=proof.user_id, signed_at=proof.at
    ).exists():
        raise RefusedError(_("Prove again who you are: enter your password or code."))


def _frozen(
    report: SelfInspectionReport, *, bureau: Bureau, by: Acting
) -> tuple[ReportVersion, list[SelfInspection]]:
    """Lock the open version and store what it and its visits are at this moment."""
    version = ReportVersion.objects.select_for_update().get(
        report=report, sealed_at__isnull=True
    )
    version.report = report
    version.frame = live_frame(
        report.enterprise, bureau=bureau, principal=by.membership, on=by.on
    )
    visits = listed_inspections(version)
    facts = {visit.pk: live_facts(visit) for visit in visits}
    listings = list(version.listed.all())
    for listing in listings:
        listing.facts = facts[listing.inspection_id]
    VersionInspection.objects.bulk_update(listings, ["facts"])
    return version, visits


def _seal(
    version: ReportVersion,
    *,
    content: bytes,
    bureau: Bureau,
    proof: FreshProof,
    by: Acting,
    at: dt.datetime,
) -> Seal:
    text = statement(NOTHING_FOUND, on=by.on)
    due = due_for(bureau, version.report.quarter, on=by.on)
    version.sealed_at = at
    version.save(update_fields=["frame", "sealed_at"])
    return Seal.objects.create(
        version=version,
        seal_format=seals.CURRENT_FORMAT,
        content=content,
        content_sha256=seals.digest(content),
        statement_key=text.key,
        statement=text.zh,
        signed_by=by.membership,
        signed_at=at,
        factor=proof.factor,
        receipt_number=numbers.receipt_number(at),
        received_at=at,
        bureau=bureau,
        due_at=due.at,
        due_is_provisional=due.provisional,
        in_time=is_in_time(at, due),
    )


def _chain(seal: Seal, *, enterprise: Enterprise) -> ChainEntry:
    """Append to the enterprise's chain; filers of other enterprises never wait."""
    Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    last = ChainEntry.objects.filter(enterprise=enterprise).order_by("ordinal").last()
    ordinal = last.ordinal + 1 if last else 1
    previous = last.entry_sha256 if last else ""
    return ChainEntry.objects.create(
        enterprise=enterprise,
        ordinal=ordinal,
        seal=seal,
        previous_sha256=previous,
        entry_sha256=seals.link(
            previous=previous, ordinal=ordinal, envelope=envelope(seal)
        ),
    )


def _give_receipt(
    report: SelfInspectionReport, *, seal: Seal, by: Acting, at: dt.datetime
) -> None:
    events.record(
        action="receive",
        subject=report,
        by=None,
        at=at,
        enterprise=report.enterprise,
        bureau=seal.bureau,
        parameters={
            "receipt": seal.receipt_number,
            "version": seal.version.ordinal,
            "in_time": seal.in_time,
        },
    )
    notices.tell(
        kind="report_received",
        cause=f"receipt {seal.receipt_number}",
        recipients=[by.user, *team_of(report.enterprise, on=by.on)],
        at=at,
        enterprise=report.enterprise,
        path=reverse("report", args=[report.public_id]),
        parameters={
            "enterprise": report.enterprise.name,
            "quarter": str(report.quarter),
            "number": report.number,
            "receipt": seal.receipt_number,
            "received": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            "bureau": seal.bureau.name,
            "signer": by.user.full_name,
            "sha256": seal.content_sha256,
            "in_time": seal.in_time,
        },
    )
