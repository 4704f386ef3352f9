"""Reports lodged unsigned by the team leader, and the signature that comes later."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Acting, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import current_principal, holders
from accounts.services import events, notices
from accounts.services.credentials import FreshProof
from hazards import permissions
from hazards.models import Seal, SealKind, SelfInspectionReport
from hazards.queries.contents import live_parts
from hazards.queries.later_signatures import later_frame, lodged_seal
from hazards.rules import seals
from hazards.rules.statements import LODGED_UNSIGNED, SIGNED_LATER, statement
from hazards.services import numbers
from hazards.services.moves import moving
from hazards.services.registrations import register_all
from hazards.services.sealing import (
    Act,
    ChangedSinceShownError,
    finish,
    frozen,
    receive,
    use_up,
)
from hazards.services.signing import bureau_for, refuse_incomplete
from hazards.services.versions import locked_open_version
from hazards.workflow import ReportAction


def prepare(*, report_id: int, reason: str, by: Acting, at: dt.datetime) -> bytes:
    """
    Register the report's hazards, as sending it to the principal does, and return the
    exact bytes that would be lodged now with the reason. Again = the same.

    :raises NotPermittedError: if the person may not lodge the report now
    :raises IncompleteError: if something but the principal is missing
    :raises RefusedError: if no bureau receives it, or no reason is given
    """
    with transaction.atomic():
        report = _locked(report_id)
        permissions.may(by, ReportAction.LODGE_UNSIGNED, report).require()
        version = locked_open_version(report)
        refuse_incomplete(version, on=by.on, unsigned=True)
        act = _unsigned(report, reason=reason, by=by)
        # The bytes say when each hazard was registered, so that comes first.
        register_all(version, by=by, at=at)
        parts = live_parts(version, frame=act.frame(report.enterprise), on=by.on)
    return seals.project(seals.current_format(report.kind), parts)


def lodge_unsigned(
    *,
    report_id: int,
    shown: bytes,
    reason: str,
    proof: FreshProof,
    by: Acting,
    at: dt.datetime,
) -> Seal:
    """
    Lodge the report with the bureau without the principal's signature, and tell the
    principal, who is still to sign. One transaction; the server's time is the filing.

    :param shown: what `prepare` returned for the same reason
    :raises NotPermittedError: if the person may not lodge the report now
    :raises ChangedSinceShownError: if the report is not what was shown
    :raises IncompleteError: if something but the principal is missing by now
    :raises RefusedError: if the proof does not serve, or no reason is given
    """
    with transaction.atomic():
        use_up(proof, by=by, at=at)
        with moving(
            report_id, ReportAction.LODGE_UNSIGNED, by=by, at=at, note=reason
        ) as report:
            act = _unsigned(report, reason=reason, by=by)
            # What was described after `prepare` goes on record here, differs
            # therefore from what was shown, and falls with the refusal.
            register_all(locked_open_version(report), by=by, at=at)
            version, content = frozen(report, act=act, shown=shown, on=by.on)
            refuse_incomplete(version, on=by.on, unsigned=True)
            seal = receive(
                report, version, content=content, act=act, proof=proof, by=by, at=at
            )
            _remind_principal(seal, reason=reason, by=by, at=at)
        finish(seal, by=by, at=at)
    return seal


def sign_later(
    *, report_id: int, shown: bytes, proof: FreshProof, by: Acting, at: dt.datetime
) -> Seal:
    """
    Put the principal's signature under what was received without it: a sealed act of
    its own, with a receipt of its own. No status and no time of receipt moves.

    :param shown: the canonical bytes that the page showed
    :raises NotPermittedError: if nothing waits for this person's later signature
    :raises ChangedSinceShownError: if another version was lodged meanwhile
    :raises RefusedError: if the proof does not serve
    """
    with transaction.atomic():
        use_up(proof, by=by, at=at)
        report = _locked(report_id)
        permissions.may_sign_later(by, report).require()
        lodged = lodged_seal(report)
        lodged.version.report = report
        content = later_bytes(lodged, by=by)
        if content != shown:
            raise ChangedSinceShownError(shown=shown, now=content)
        seal = _sealed_later(lodged, content=content, proof=proof, by=by, at=at)
        report.is_unsigned = False
        report.save(update_fields=["is_unsigned"])
        events.record(
            action="sign-later",
            subject=report,
            by=by,
            at=at,
            enterprise=report.enterprise,
            bureau=report.bureau,
            parameters={
                "receipt": seal.receipt_number,
                "lodged": lodged.receipt_number,
            },
        )
        finish(seal, by=by, at=at)
    return seal


def later_bytes(lodged: Seal, *, by: Acting) -> bytes:
    """What the principal is shown and would sign under the lodged version."""
    frame = later_frame(lodged, principal=by.membership, on=by.on)
    return seals.later_signature(frame)


def _sealed_later(
    lodged: Seal, *, content: bytes, proof: FreshProof, by: Acting, at: dt.datetime
) -> Seal:
    declaration = statement(SIGNED_LATER, on=by.on)
    return Seal.objects.create(
        version=lodged.version,
        kind=SealKind.LATER_SIGNATURE,
        frame=later_frame(lodged, principal=by.membership, on=by.on),
        seal_format=seals.LATER_SIGNATURE_FORMAT,
        content=content,
        content_sha256=seals.digest(content),
        statement_key=declaration.key,
        statement=declaration.zh,
        signed_by=by.membership,
        signed_at=at,
        factor=proof.factor,
        receipt_number=numbers.receipt_number(at),
        received_at=at,
        # Where the report stands now, which a transfer may have changed.
        bureau=lodged.version.report.bureau or lodged.bureau,
        due_at=lodged.due_at,
        due_is_provisional=lodged.due_is_provisional,
        in_time=None if lodged.due_at is None else at <= lodged.due_at,
    )


def _locked(report_id: int) -> SelfInspectionReport:
    return (
        SelfInspectionReport.objects.select_for_update(of=("self",))
        .select_related("enterprise", "bureau")
        .get(pk=report_id)
    )


def _unsigned(report: SelfInspectionReport, *, reason: str, by: Acting) -> Act:
    """The act of lodging; a principal need not be on record."""
    if not reason.strip():
        raise RefusedError(
            _("Say why the principal has not signed; the bureau reads it.")
        )
    return Act(
        kind=SealKind.UNSIGNED,
        declaration=statement(LODGED_UNSIGNED, on=by.on),
        bureau=bureau_for(report.enterprise, on=by.on),
        principal=current_principal(enterprise=report.enterprise, on=by.on),
        particulars={"reason": reason, "lodged_by": by.user.full_name},
    )


def _remind_principal(seal: Seal, *, reason: str, by: Acting, at: dt.datetime) -> None:
    report = seal.version.report
    notices.tell(
        kind="report_lodged_unsigned",
        cause=f"receipt {seal.receipt_number}",
        recipients=holders(
            roles={Role.PRINCIPAL}, on=by.on, enterprise=report.enterprise
        ),
        at=at,
        enterprise=report.enterprise,
        path=reverse("report-sign-later", args=[report.public_id]),
        parameters={
            **report.naming(),
            "receipt": seal.receipt_number,
            "bureau": seal.bureau.name,
            "by": by.user.full_name,
            "reason": reason,
        },
    )
