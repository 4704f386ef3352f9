"""Sealing a version: freeze it, keep its exact bytes, chain them, receive it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import (
    EDITOR_ROLES,
    Acting,
    Bureau,
    Enterprise,
    Membership,
    Role,
)
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import events, notices
from accounts.services.credentials import FreshProof
from hazards.models import (
    ChainEntry,
    HazardStatement,
    ReportVersion,
    Seal,
    SealKind,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.queries.contents import (
    hazard_facts,
    listed_inspections,
    live_facts,
    live_frame,
    photos_of,
    sealed_bytes,
    stated_hazards,
)
from hazards.queries.deadlines import due_of_report
from hazards.queries.envelopes import envelope
from hazards.queries.ledger import live_table
from hazards.rules import seals
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.statements import Statement
from hazards.services import lives, numbers, unreported
from hazards.services.obligations import follow


@dataclass(frozen=True)
class Act:
    """
    By which act a version is sealed: its kind, what is declared, to which bureau it
    goes, who the principal is, and what the bytes say of the act beside its kind.
    `received_at` only for paper, where an officer answers for the time.
    """

    kind: SealKind
    declaration: Statement
    bureau: Bureau
    principal: Membership | None
    particulars: Mapping[str, Any] = field(default_factory=dict)
    received_at: dt.datetime | None = None

    def frame(self, enterprise: Enterprise) -> dict[str, Any]:
        """Everything around what the team wrote, as it is sealed."""
        return live_frame(
            enterprise,
            bureau=self.bureau,
            principal=self.principal,
            declaration=self.declaration.zh,
            act={"kind": self.kind.value, **self.particulars},
        )


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


def use_up(proof: FreshProof, *, by: Acting, at: dt.datetime) -> None:
    """
    Take a proof for one signature: two need two, even in one request.

    :raises RefusedError: if it is another's, of another moment, or used up
    """
    used = Seal.objects.filter(
        signed_by__user_id=proof.user_id, signed_at=proof.at
    ).exists()
    if used or proof.user_id != by.user.pk or proof.at != at:
        raise RefusedError(_("Prove again who you are: enter your password or code."))


def frozen(
    report: SelfInspectionReport, *, act: Act, shown: bytes | None, on: dt.date
) -> tuple[ReportVersion, bytes]:
    """
    Lock the open version, store what it and all it names are at this moment, and
    return it with its bytes.

    :param shown: what they must be; None where the same request says and seals it
    :param on: the day in Asia/Shanghai, for what is overdue on it
    :raises ChangedSinceShownError: if they are not the bytes shown
    """
    version = ReportVersion.objects.select_for_update().get(
        report=report, sealed_at__isnull=True
    )
    version.report = report
    version.frame = act.frame(report.enterprise)
    facts = {visit.pk: live_facts(visit) for visit in listed_inspections(version)}
    listings = list(version.listed.all())
    for listing in listings:
        listing.facts = facts[listing.inspection_id]
    VersionInspection.objects.bulk_update(listings, ["facts"])
    photos = photos_of(version)
    stated = stated_hazards(version)
    for row in stated:
        row.facts = hazard_facts(row, photos.get(row.hazard_id, []))
    HazardStatement.objects.bulk_update(stated, ["facts"])
    version.table = live_table(version, on=on)
    now = sealed_bytes(version, seal_format=seals.current_format(report.kind))
    if shown is not None and now != shown:
        raise ChangedSinceShownError(shown=shown, now=now)
    return version, now


def receive(
    report: SelfInspectionReport,
    version: ReportVersion,
    *,
    content: bytes,
    act: Act,
    proof: FreshProof,
    by: Acting,
    at: dt.datetime,
) -> Seal:
    """
    Seal the frozen version and let the report and its hazards take the receipt; the
    caller saves the report, and calls `finish` last.
    """
    bureau, received = act.bureau, act.received_at or at
    due = due_of_report(report, bureau=bureau, on=by.on)
    version.sealed_at = at
    version.save(update_fields=["frame", "table", "sealed_at"])
    seal = Seal.objects.create(
        version=version,
        kind=act.kind,
        seal_format=seals.current_format(report.kind),
        content=content,
        content_sha256=seals.digest(content),
        statement_key=act.declaration.key,
        statement=act.declaration.zh,
        signed_by=by.membership,
        signed_at=at,
        factor=proof.factor,
        receipt_number=numbers.receipt_number(received),
        received_at=received,
        bureau=bureau,
        due_at=due.at if due else None,
        due_is_provisional=due.provisional if due else False,
        in_time=received <= due.at if due else None,
    )
    if report.first_received_at is None:
        report.first_received_at, report.in_time = received, seal.in_time
    report.bureau, report.received_at, report.reviewer = bureau, received, None
    report.hazard_count = version.stated.count()
    report.is_unsigned = act.kind == SealKind.UNSIGNED
    lives.take_receipt(
        version, bureau=bureau, received=received, by=by.membership, at=at
    )
    if report.is_quarterly:
        follow([report.enterprise_id], at=at, year=report.year)
    unreported.clear_flags(report.enterprise_id, at=at)
    return seal


def finish(seal: Seal, *, by: Acting, at: dt.datetime) -> ChainEntry:
    """Chain the seal and give the receipt to whoever made it and to the team."""
    entry = _chain(seal)
    _give_receipt(seal, entry=entry, by=by, at=at)
    return entry


def _chain(seal: Seal) -> ChainEntry:
    """Append to the enterprise's chain; filers of other enterprises never wait."""
    enterprise = seal.version.report.enterprise
    Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    last = ChainEntry.objects.filter(enterprise=enterprise).order_by("ordinal").last()
    ordinal = last.ordinal + 1 if last else 1
    previous = last.entry_sha256 if last else ""
    columns = envelope(seal)
    return ChainEntry.objects.create(
        enterprise=enterprise,
        ordinal=ordinal,
        seal=seal,
        previous_sha256=previous,
        entry_sha256=seals.link(previous=previous, ordinal=ordinal, envelope=columns),
        envelope=columns,
    )


def _give_receipt(
    seal: Seal, *, entry: ChainEntry, by: Acting, at: dt.datetime
) -> None:
    report, later = seal.version.report, seal.kind == SealKind.LATER_SIGNATURE
    events.record(
        action="receive-later_signature" if later else "receive",
        subject=report,
        by=None,
        at=at,
        enterprise=report.enterprise,
        bureau=seal.bureau,
        parameters={
            "receipt": seal.receipt_number,
            "version": seal.version.ordinal,
            "in_time": seal.in_time,
            "kind": seal.kind,
        },
    )
    received, owner = seal.received_at.astimezone(SHANGHAI), report.enterprise
    # Of a paper the principal hears nothing otherwise.
    on_paper = seal.kind == SealKind.PAPER
    roles = EDITOR_ROLES | {Role.PRINCIPAL} if on_paper else EDITOR_ROLES
    notices.tell(
        kind="report_received",
        cause=f"receipt {seal.receipt_number}",
        recipients=[by.user, *holders(roles=roles, on=by.on, enterprise=owner)],
        at=at,
        enterprise=report.enterprise,
        path=reverse("report", args=[report.public_id]),
        parameters={
            **report.naming(),
            "enterprise": report.enterprise.name,
            "receipt": seal.receipt_number,
            "received": f"{received:%Y-%m-%d %H:%M:%S}",
            "bureau": seal.bureau.name,
            "signer": by.user.full_name,
            "kind": seal.kind,
            "sha256": seal.content_sha256,
            "in_time": seal.in_time,
            "head": entry.entry_sha256,
            "ordinal": entry.ordinal,
        },
    )
