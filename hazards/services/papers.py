"""A report that came on paper, entered by an officer of the bureau that received it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Enterprise
from accounts.permissions import RefusedError
from accounts.queries.memberships import current_principal
from accounts.services import events
from accounts.services.credentials import FreshProof
from hazards import permissions
from hazards.models import (
    ON_THE_BOOKS,
    Attachment,
    HazardStatement,
    MajorHazard,
    PaperReceipt,
    ReportKind,
    ReportStatus,
    ReportVersion,
    Seal,
    SealKind,
    SelfInspection,
    SelfInspectionReport,
    TeamKind,
    VersionInspection,
)
from hazards.rules import catalogue
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.rules.statements import (
    ENTERED_FROM_PAPER,
    HAZARD_FROM_PAPER,
    statement,
)
from hazards.services import drafts_aside, inspections, numbers
from hazards.services.descriptions import Description
from hazards.services.hazard_reports import BEING_WRITTEN, open_report, state
from hazards.services.hazards import begin_hazard
from hazards.services.moves import moving
from hazards.services.registrations import register_all
from hazards.services.sealing import Act, finish, frozen, receive, use_up
from hazards.services.signing import bureau_for
from hazards.services.versions import open_version
from hazards.workflow import ReportAction

# What stands where the team would have said how it is known: evidence is Chinese.
_EVIDENCE = "见纸质报告扫描件。"


@dataclass(frozen=True)
class PaperVisit:
    """An inspection as the paper names it; days are days in Asia/Shanghai."""

    started_on: dt.date
    ended_on: dt.date
    team: TeamKind
    people: Sequence[str]
    external_organisation: str = ""
    principal_took_part: bool = False


@dataclass(frozen=True)
class PaperHazard:
    """A major hazard as the paper names it; `clause` is a code of the catalogue."""

    clause: str
    place: str
    description: str


@dataclass(frozen=True)
class Paper:
    """
    What the officer attests. No hazards = the paper says that nothing was found.
    `received_at` is the officer's word, to the minute.
    """

    quarter: Quarter
    received_at: dt.datetime
    scan: Attachment
    visits: Sequence[PaperVisit] = ()
    hazards: Sequence[PaperHazard] = ()
    note: str = ""


@dataclass(frozen=True)
class HazardPaper:
    """
    A paper about one major hazard: of one that was found, with when and what; or the
    treatment plan of the `hazard` given. `description` is what it says.
    """

    description: Description
    received_at: dt.datetime
    scan: Attachment
    hazard: MajorHazard | None = None
    note: str = ""
    # Of the form: sent twice, it begins one hazard.
    key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def kind(self) -> ReportKind:
        """What it is received as."""
        return ReportKind.PLAN if self.hazard else ReportKind.HAZARD


class AlreadyReceivedError(RefusedError):
    """The quarter's report was received before; `seal` is its first receipt."""

    def __init__(self, seal: Seal) -> None:
        received = seal.received_at.astimezone(SHANGHAI)
        super().__init__(
            _(
                "This report was received already: receipt %(receipt)s, "
                "%(received)s. A paper changes nothing; return the report if it must "
                "be corrected."
            )
            % {"receipt": seal.receipt_number, "received": f"{received:%Y-%m-%d %H:%M}"}
        )
        self.seal = seal


def enter_paper(
    *,
    enterprise: Enterprise,
    paper: Paper | HazardPaper,
    proof: FreshProof,
    by: Acting,
    at: dt.datetime,
) -> Seal:
    """
    Enter, seal and receive a report that came on paper, at the time the officer
    attests. What the officer types is what is sealed, in one request. A draft that the
    enterprise has open stays where it was and becomes the correction of the paper.

    :raises NotPermittedError: if the bureau does not receive from the enterprise
    :raises AlreadyReceivedError: if this very report was received before
    :raises RefusedError: if the proof does not serve, or what is typed cannot be
    """
    with transaction.atomic():
        use_up(proof, by=by, at=at)
        permissions.may_enter_paper(by, enterprise).require()
        _check_receipt(paper, enterprise=enterprise, at=at)
        if isinstance(paper, Paper):
            _check(paper)
            report = _report_of(enterprise, paper.quarter, at=at)
        else:
            _check_hazard(paper, enterprise=enterprise)
            report = _report_about(enterprise, paper, by=by, at=at)
        act = _act(paper, report=report, by=by)
        draft = drafts_aside.set_aside(report)
        if draft is None:
            with moving(
                report.pk, ReportAction.ENTER_PAPER, by=by, at=at, note=paper.note
            ) as report:
                seal = _seal(report, paper, act=act, proof=proof, by=by, at=at)
        else:
            seal = _seal(report, paper, act=act, proof=proof, by=by, at=at)
            drafts_aside.put_back(draft, reason=_reason(seal), by=by, at=at)
            report.save()
            events.record(
                action="enter-paper-beside-draft",
                subject=report,
                by=by,
                at=at,
                enterprise=enterprise,
                bureau=report.bureau,
                note=paper.note,
                parameters={"receipt": seal.receipt_number},
            )
        finish(seal, by=by, at=at)
    return seal


def _check_receipt(
    paper: Paper | HazardPaper, *, enterprise: Enterprise, at: dt.datetime
) -> None:
    if paper.received_at > at:
        raise RefusedError(_("The paper cannot come later than now: correct the time."))
    if paper.scan.enterprise_id != enterprise.pk:
        raise RefusedError(_("The scan is another enterprise's: choose it again."))


def _check_hazard(paper: HazardPaper, *, enterprise: Enterprise) -> None:
    """Refuse what cannot be said of one hazard."""
    said, hazard = paper.description, paper.hazard
    if hazard is None and said.found_at > paper.received_at:
        raise RefusedError(
            _("It cannot have been found after the paper came: correct the times.")
        )
    if said.clause not in catalogue.CLAUSES:
        raise RefusedError(_("Choose a clause from the list."))
    if not (said.place.strip() and said.description.strip()):
        raise RefusedError(_("Say where the hazard is and what is wrong."))
    if hazard is None:
        return
    if hazard.enterprise_id != enterprise.pk or hazard.state not in ON_THE_BOOKS:
        raise RefusedError(
            _("Choose a hazard that is on the books of this enterprise.")
        )
    first = hazard.first_reported_at
    if first is not None and paper.received_at < first:
        raise RefusedError(
            _("The plan cannot come before its hazard was reported: correct the time.")
        )


def _check(paper: Paper) -> None:
    """Refuse what cannot be, with the sentence that says what to do."""
    received_on = paper.received_at.astimezone(SHANGHAI).date()
    if received_on < paper.quarter.starts_on:
        raise RefusedError(
            _("The paper cannot come before its quarter began: correct the day.")
        )
    for visit in paper.visits:
        _check_visit(visit, quarter=paper.quarter, received_on=received_on)
    for hazard in paper.hazards:
        if hazard.clause not in catalogue.CLAUSES:
            raise RefusedError(_("Choose a clause from the list."))
        if not (hazard.place.strip() and hazard.description.strip()):
            raise RefusedError(
                _("Say of each hazard on the paper where it is and what is wrong.")
            )


def _check_visit(visit: PaperVisit, *, quarter: Quarter, received_on: dt.date) -> None:
    if visit.ended_on < visit.started_on:
        raise RefusedError(_("The last day lies before the first: correct the days."))
    if visit.started_on not in quarter or visit.ended_on not in quarter:
        raise RefusedError(
            _("An inspection on the paper lies outside %(quarter)s: correct its days.")
            % {"quarter": quarter}
        )
    if visit.ended_on > received_on:
        raise RefusedError(
            _("An inspection cannot end after the paper came: correct its days.")
        )
    if visit.team == TeamKind.EXTERNAL and not visit.external_organisation:
        raise RefusedError(_("Name the outside organisation that inspected."))


def _report_of(
    enterprise: Enterprise, quarter: Quarter, *, at: dt.datetime
) -> SelfInspectionReport:
    """The quarter's report, locked, new if there is none; never received before."""
    SelfInspectionReport.objects.get_or_create(
        enterprise=enterprise,
        year=quarter.year,
        quarter_number=quarter.number,
        defaults={"number": numbers.report_number(quarter), "started_at": at},
    )
    report = (
        SelfInspectionReport.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(enterprise=enterprise, year=quarter.year, quarter_number=quarter.number)
    )
    _refuse_received(report)
    return report


def _report_about(
    enterprise: Enterprise, paper: HazardPaper, *, by: Acting, at: dt.datetime
) -> SelfInspectionReport:
    """A hazard's first report, or the plan being written of one; both locked."""
    begun = SelfInspectionReport.objects.filter(
        enterprise=enterprise, kind=paper.kind
    ).select_for_update(of=("self",))
    if paper.hazard is None:
        known = begun.filter(hazard__public_id=paper.key).first()
        hazard = (
            begin_hazard(
                paper.description,
                enterprise_id=enterprise.pk,
                public_id=paper.key,
                by=by,
                at=at,
            )
            if known is None
            else None
        )
    else:
        # Locked: two people who begin its plan at once begin one.
        hazard = MajorHazard.objects.select_for_update().get(pk=paper.hazard.pk)
        known = begun.filter(hazard=hazard, status__in=BEING_WRITTEN).first()
    if known is None:
        assert hazard is not None  # noqa: S101 (new, or the one chosen)
        return open_report(hazard, paper.kind, by=by, at=at)
    _refuse_received(known)
    if known.status != ReportStatus.DRAFT:
        raise RefusedError(
            _(
                "The enterprise's own plan waits for its principal: ask the enterprise "
                "to take it back first."
            )
        )
    return known


def _refuse_received(report: SelfInspectionReport) -> None:
    first = Seal.objects.filter(version__report=report).order_by("id").first()
    if first is not None:
        raise AlreadyReceivedError(first)


def _act(
    paper: Paper | HazardPaper, *, report: SelfInspectionReport, by: Acting
) -> Act:
    received = paper.received_at
    bureau = bureau_for(report.enterprise, on=by.on)
    return Act(
        kind=SealKind.PAPER,
        declaration=statement(
            ENTERED_FROM_PAPER if isinstance(paper, Paper) else HAZARD_FROM_PAPER,
            on=by.on,
        ),
        bureau=bureau,
        principal=current_principal(
            enterprise=report.enterprise, on=received.astimezone(SHANGHAI).date()
        ),
        particulars={
            "received_at": received.astimezone(dt.UTC).isoformat(),
            "entered_by": by.user.full_name,
            "bureau": bureau.name,
            "scan": {"sha256": paper.scan.sha256, "media_type": paper.scan.media_type},
            "note": paper.note,
        },
        received_at=received,
    )


def _seal(
    report: SelfInspectionReport,
    paper: Paper | HazardPaper,
    *,
    act: Act,
    proof: FreshProof,
    by: Acting,
    at: dt.datetime,
) -> Seal:
    """Write what the paper says as the first version, and seal it."""
    version = open_version(report, ordinal=1, by=by, at=at)
    version.report = report
    if isinstance(paper, Paper):
        version.nothing_found = not paper.hazards
        for visit in paper.visits:
            _list(visit, version, by=by, at=at)
        for hazard in paper.hazards:
            _state(hazard, version, found_at=paper.received_at, by=by, at=at)
    else:
        assert report.hazard is not None  # noqa: S101 (it is about one)
        version.nothing_found = False
        state(version, report.hazard, paper.description, by=by, at=at)
    version.save(update_fields=["nothing_found"])
    register_all(version, by=by, at=at)
    version, content = frozen(report, act=act, shown=None, on=by.on)
    PaperReceipt.objects.create(version=version, scan=paper.scan)
    return receive(report, version, content=content, act=act, proof=proof, by=by, at=at)


def _list(
    visit: PaperVisit, version: ReportVersion, *, by: Acting, at: dt.datetime
) -> None:
    """Record the visit; which sites were inspected only the scan says."""
    report = version.report
    inspection = SelfInspection.objects.create(
        number=numbers.inspection_number(report.quarter),
        enterprise=report.enterprise,
        started_on=visit.started_on,
        ended_on=visit.ended_on,
        team=visit.team,
        external_organisation=visit.external_organisation,
        recorded_at=at,
        recorded_by=by.membership,
    )
    stated = inspections.Visit(
        started_on=visit.started_on,
        ended_on=visit.ended_on,
        team=visit.team,
        site_ids=(),
        member_ids=(),
        outsiders=visit.people,
        principal_evidence=_EVIDENCE if visit.principal_took_part else "",
    )
    inspections.fill_people(inspection, visit=stated)
    inspections.fill_participation(inspection, visit=stated, by=by, at=at)
    VersionInspection.objects.create(version=version, inspection=inspection)
    events.record(
        action="record-inspection",
        subject=inspection,
        by=by,
        at=at,
        enterprise=report.enterprise,
        parameters={"number": inspection.number, "revision": inspection.revision},
    )


def _state(
    hazard: PaperHazard,
    version: ReportVersion,
    *,
    found_at: dt.datetime,
    by: Acting,
    at: dt.datetime,
) -> None:
    """State the hazard; found, at the latest, when the paper came."""
    found = MajorHazard.objects.create(
        number=numbers.hazard_number(at),
        enterprise=version.report.enterprise,
        found_at=found_at,
        started_at=at,
        started_by=by.membership,
    )
    HazardStatement.objects.create(
        version=version,
        hazard=found,
        clause=hazard.clause,
        place=hazard.place,
        description=hazard.description,
        saved_at=at,
        saved_by=by.membership,
    )


def _reason(seal: Seal) -> str:
    """Why the enterprise's draft is a correction now; as data, in Chinese."""
    named = "本季度报告" if seal.version.report.is_quarterly else "本治理方案"
    received = seal.received_at.astimezone(SHANGHAI)
    return (
        f"{named}已由{seal.bureau.name}按纸质材料登记（回执号{seal.receipt_number}，"
        f"接收时间{received:%Y-%m-%d %H:%M}）；本版本为本单位在线填报的内容。"
    )
