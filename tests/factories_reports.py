"""
Factories that walk through the services to each state of a report.

All happens in the second quarter of 2026 and the days after it, at instants told to
the factories: no clock is read.
"""

import datetime as dt
import hashlib
import itertools
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import (
    Acting,
    Bureau,
    Capacity,
    Enterprise,
    Role,
    Site,
)
from accounts.queries.memberships import receiving_bureau
from accounts.services.credentials import FreshProof
from hazards.models import (
    Attachment,
    HazardStatement,
    MediaType,
    ReportStatus,
    ReportVersion,
    Seal,
    SelfInspection,
    SelfInspectionReport,
    TeamKind,
)
from hazards.queries.contents import live_bytes
from hazards.queries.later_signatures import lodged_seal
from hazards.rules.quarters import Quarter
from hazards.services import (
    descriptions,
    hazards,
    inspections,
    lodging,
    papers,
    reports,
    reviews,
    signing,
)
from tests.factories import (
    LONG_AGO,
    NOW,
    SHANGHAI,
    TODAY,
    make_acting,
    make_bureau,
    make_enterprise,
    make_user,
)

QUARTER = Quarter(2026, 2)
UNSIGNED_BECAUSE = "主要负责人出国，截止日前无法签字。"
_addresses = itertools.count(1)


@dataclass(frozen=True)
class Desks:
    """An enterprise, its bureau, and who sits there; each one acts on NOW's day."""

    enterprise: Enterprise
    bureau: Bureau
    site: Site
    clerk: Acting
    leader: Acting
    member: Acting
    principal: Acting
    reviewer: Acting
    colleague: Acting
    head: Acting


def make_desks(
    *,
    bureau: Bureau | None = None,
    on: dt.date = TODAY,
    password: str | None = None,
    assigned_on: dt.date = LONG_AGO,
) -> Desks:
    """
    An enterprise with its team and principal, its bureau with two reviewers; only the
    principal has the password. The bureau receives from it since `assigned_on`.
    """
    bureau = bureau or make_bureau()
    enterprise = make_enterprise(bureau=bureau, assigned_on=assigned_on)
    team: dict[str, Any] = {"enterprise": enterprise}
    office: dict[str, Any] = {"bureau": bureau}
    return Desks(
        enterprise=enterprise,
        bureau=bureau,
        site=enterprise.sites.get(),
        clerk=_seat(Role.CLERK, on=on, **team),
        leader=_seat(Role.TEAM_LEADER, on=on, **team),
        member=_seat(Role.TEAM_MEMBER, on=on, capacity=Capacity.UNION, **team),
        principal=_seat(Role.PRINCIPAL, on=on, password=password, **team),
        reviewer=_seat(Role.REVIEWER, on=on, **office),
        colleague=_seat(Role.REVIEWER, on=on, **office),
        head=_seat(Role.BUREAU_HEAD, on=on, **office),
    )


def _seat(
    role: Role, *, on: dt.date, password: str | None = None, **seat: Any
) -> Acting:
    """A person with an address, so that every notice goes both ways."""
    address = f"person-{next(_addresses)}@example.com"
    user = make_user(email=address, password=password)
    return make_acting(role, user=user, on=on, **seat)


def make_visit(
    desks: Desks,
    *,
    on: dt.date = dt.date(2026, 5, 12),
    site_ids: Collection[int] | None = None,
    principal_evidence: str = "",
) -> inspections.Visit:
    """What a team states of a visit of one day."""
    return inspections.Visit(
        started_on=on,
        ended_on=on,
        team=TeamKind.INTERNAL,
        site_ids=[desks.site.pk] if site_ids is None else site_ids,
        member_ids=[desks.leader.membership.pk, desks.member.membership.pk],
        areas="熔炼、浇注",
        outsiders=["外聘专家"],
        principal_evidence=principal_evidence,
    )


def make_inspection(
    desks: Desks,
    *,
    on: dt.date = dt.date(2026, 5, 12),
    principal_evidence: str = "",
    at: dt.datetime = NOW,
) -> SelfInspection:
    """A recorded visit of one day."""
    visit = make_visit(desks, on=on, principal_evidence=principal_evidence)
    return inspections.record(visit=visit, by=desks.clerk, at=at)


def make_draft(*, scope: str = "全部车间和仓库", reason: str = "") -> reports.Draft:
    """A complete "nothing found"."""
    return reports.Draft(
        nothing_found=True,
        scope=scope,
        coverage="对照工贸企业重大事故隐患判定标准逐条检查，无遗漏。",
        remarks="无",
        correction_reason=reason,
    )


def make_description(desks: Desks, **changes: Any) -> descriptions.Description:
    """A hazard as far as somebody could find it again, found on the visit's day."""
    description = descriptions.Description(
        found_at=dt.datetime(2026, 5, 12, 9, 30, tzinfo=SHANGHAI),
        clause="order-10-2023/3(1)",
        site_id=desks.site.pk,
        place="2号熔炼炉炉前",
        description="承包单位未签订安全生产管理协议即进场检修。",
    )
    return replace(description, **changes)


def make_hazard(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    at: dt.datetime = NOW,
    **changes: Any,
) -> HazardStatement:
    """A hazard described in the open version, not registered."""
    return hazards.describe(
        report_id=report.pk,
        description=make_description(desks, **changes),
        by=desks.clerk,
        at=at,
    )


def open_version(report: SelfInspectionReport) -> ReportVersion:
    """The version being written."""
    return report.versions.get(sealed_at__isnull=True)


def save(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    draft: reports.Draft | None = None,
    made_from: int | None = None,
    inspection_ids: Collection[int] | None = None,
    at: dt.datetime = NOW,
) -> ReportVersion:
    """Save a complete draft with the visits now listed."""
    version = open_version(report)
    return reports.save_draft(
        report_id=report.pk,
        made_from=version.revision if made_from is None else made_from,
        draft=draft or make_draft(),
        inspection_ids=inspection_ids
        if inspection_ids is not None
        else list(version.listed.values_list("inspection_id", flat=True)),
        by=desks.clerk,
        at=at,
    )


def shown_to(principal: Acting, report: SelfInspectionReport) -> bytes:
    """What the signing page shows."""
    version = open_version(report)
    return live_bytes(
        version,
        bureau=receiving_bureau(report.enterprise, on=principal.on),
        principal=principal.membership,
        on=principal.on,
    )


def proof_of(by: Acting, *, at: dt.datetime = NOW) -> FreshProof:
    """Proof as the password gives it."""
    return FreshProof(user_id=by.user.pk, factor="password", at=at)


def sign(report: SelfInspectionReport, desks: Desks, *, at: dt.datetime = NOW) -> Seal:
    """The principal signs what is shown."""
    by = replace(desks.principal, on=at.astimezone(SHANGHAI).date())
    return signing.sign_off(
        report_id=report.pk,
        shown=shown_to(by, report),
        proof=proof_of(by, at=at),
        by=by,
        at=at,
    )


def lodge(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    reason: str = UNSIGNED_BECAUSE,
    at: dt.datetime = NOW,
) -> Seal:
    """The team leader lodges the report unsigned, exactly as prepared."""
    by = replace(desks.leader, on=at.astimezone(SHANGHAI).date())
    shown = lodging.prepare(report_id=report.pk, reason=reason, by=by, at=at)
    return lodging.lodge_unsigned(
        report_id=report.pk,
        shown=shown,
        reason=reason,
        proof=proof_of(by, at=at),
        by=by,
        at=at,
    )


def sign_later(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    at: dt.datetime = NOW + dt.timedelta(days=1),
) -> Seal:
    """The principal signs what was lodged without a signature."""
    by = replace(desks.principal, on=at.astimezone(SHANGHAI).date())
    return lodging.sign_later(
        report_id=report.pk,
        shown=lodging.later_bytes(lodged_seal(report), by=by),
        proof=proof_of(by, at=at),
        by=by,
        at=at,
    )


def make_scan(desks: Desks, *, of: str = "纸质报告") -> Attachment:
    """The row of a scan that the reviewer has sent in; another for every text."""
    scan, _ = Attachment.objects.get_or_create(
        enterprise=desks.enterprise,
        sha256=hashlib.sha256(f"{desks.enterprise.uscc} {of}".encode()).hexdigest(),
        defaults={
            "media_type": MediaType.PDF,
            "size": 1000,
            "pages": 2,
            "original_name": f"{of}.pdf",
            "uploaded_at": NOW,
            "uploaded_by": desks.reviewer.membership,
        },
    )
    return scan


def make_paper(desks: Desks, **changes: Any) -> papers.Paper:
    """A paper of 2026Q2 that names one inspection, and that nothing was found."""
    return replace(
        papers.Paper(
            quarter=QUARTER,
            received_at=NOW - dt.timedelta(days=2),
            scan=changes.pop("scan", None) or make_scan(desks),
            visits=[
                papers.PaperVisit(
                    started_on=dt.date(2026, 5, 12),
                    ended_on=dt.date(2026, 5, 13),
                    team=TeamKind.INTERNAL,
                    people=["周工", "吴工"],
                )
            ],
            note="系统故障期间以纸质形式报送。",
        ),
        **changes,
    )


def enter_paper(
    desks: Desks, paper: papers.Paper | None = None, *, at: dt.datetime = NOW
) -> Seal:
    """The reviewer enters what the enterprise sent on paper."""
    return papers.enter_paper(
        enterprise=desks.enterprise,
        paper=paper or make_paper(desks),
        proof=proof_of(desks.reviewer, at=at),
        by=desks.reviewer,
        at=at,
    )


def make_lodged(
    desks: Desks, *, quarter: Quarter = QUARTER, at: dt.datetime = NOW
) -> SelfInspectionReport:
    """A report received without the principal's signature."""
    report = make_report(desks, quarter=quarter, at=at)
    lodge(report, desks, at=at)
    report.refresh_from_db()
    return report


def make_report(
    desks: Desks,
    *,
    status: ReportStatus = ReportStatus.DRAFT,
    quarter: Quarter = QUARTER,
    at: dt.datetime = NOW,
) -> SelfInspectionReport:
    """A report of one visit, walked to the status by those who may."""
    make_inspection(desks, on=quarter.starts_on + dt.timedelta(days=40), at=at)
    report = reports.start(quarter=quarter, by=desks.clerk, at=at)
    save(report, desks, at=at)
    for step in _WALKS[status]:
        step(report, desks, at)
    report.refresh_from_db()
    return report


def correct(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    at: dt.datetime = NOW + dt.timedelta(days=1),
) -> Seal:
    """From returned to received again."""
    version = reports.begin_correction(report_id=report.pk, by=desks.clerk, at=at)
    scope = f"全部车间和仓库，第{version.ordinal}次核对"
    save(report, desks, draft=make_draft(scope=scope, reason="补充范围"), at=at)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)
    return sign(report, desks, at=at)


def _send(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)


def _sign(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    sign(report, desks, at=at)


def _begin(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    reviews.begin(report_id=report.pk, by=desks.reviewer, at=at)


def _accept(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    reviews.accept(report_id=report.pk, by=desks.reviewer, at=at)


def _return(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    reviews.return_for_correction(
        report_id=report.pk,
        comments={"report": "请补充检查范围。"},
        by=desks.reviewer,
        at=at,
    )


_WALKS = {
    ReportStatus.DRAFT: (),
    ReportStatus.AWAITING_SIGNATURE: (_send,),
    ReportStatus.RECEIVED: (_send, _sign),
    ReportStatus.UNDER_REVIEW: (_send, _sign, _begin),
    ReportStatus.RETURNED: (_send, _sign, _begin, _return),
    ReportStatus.ACCEPTED: (_send, _sign, _begin, _accept),
}
