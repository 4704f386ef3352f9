"""Everybody who might ask for a page, and one thing of every kind to ask for."""

import dataclasses
import datetime as dt
import io
import uuid
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import (
    Acting,
    EnterpriseImport,
    Notice,
    OutsideAddress,
    PrincipalChange,
    Role,
    User,
)
from accounts.services import (
    enterprise_imports,
    invitations,
    principal_changes,
)
from accounts.services.invitations import Person, Sent
from hazards.models import (
    CaseOutcome,
    CheckState,
    ComplianceFlag,
    Determination,
    Finding,
    GeneralHazard,
    HazardPhoto,
    MajorHazard,
    Objection,
    Obligation,
    ReportStatus,
    Respondent,
    Seal,
    SelfInspection,
    SelfInspectionReport,
    SpotCheck,
    Suspension,
)
from hazards.rules.quarters import Quarter
from hazards.services import (
    attachments,
    clock,
    decisions,
    determinations,
    extensions,
    general_hazards,
    objections,
    openings,
    suspensions,
)
from hazards.services.general_hazards import GeneralDescription
from hazards.services.lives import Doing
from tests.accounts.services.test_imports import book, row
from tests.factories import (
    NOW,
    PASSWORD,
    TODAY,
    make_acting,
    make_bureau,
    signed_in,
)
from tests.factories_findings import STATES as CHECKS
from tests.factories_found import compare, make_finding, make_visited
from tests.factories_lives import (
    DUE_ON,
    accepted_hazard,
    begin_report,
    planned_hazard,
    record_acceptance,
)
from tests.factories_reports import (
    Desks,
    make_desks,
    make_inspection,
    make_lodged,
    make_report,
    proof_of,
)
from tests.hazards.attachments.files import make_photo, picture, upload

ENTERPRISE = frozenset({"clerk", "leader", "member", "principal"})
EDITORS = frozenset({"clerk", "leader"})
BUREAU = frozenset({"reviewer", "head", "inspector", "deciding", "township"})
SUPERIOR = frozenset({"superior"})
STRANGERS = frozenset({"other clerk", "other principal", "other reviewer"})
OPERATOR = frozenset({"operator"})
EVERYBODY = ENTERPRISE | BUREAU | SUPERIOR | STRANGERS | OPERATOR

Outcome = str  # "in", "403", "404", "login", or the bare status


@dataclasses.dataclass
class World:
    """One enterprise with its bureau, and others beside and above them."""

    desks: Desks
    others: Desks
    actors: dict[str, Acting]
    unattached: User
    inspection: SelfInspection
    invitation: Sent
    change: PrincipalChange
    notice: Notice
    # The clerk's.
    address: OutsideAddress
    upload: EnterpriseImport
    # Of a hazard that the draft describes.
    photo: HazardPhoto
    reports: dict[ReportStatus, SelfInspectionReport]
    # Received without the principal's signature.
    lodged: SelfInspectionReport
    # Declared and not answered; too young to take a quarter away.
    stop: Suspension
    # Over and not answered.
    ended_stop: Suspension
    # A quarter of which nothing was received, and the flag for that.
    duty: Obligation
    flag: ComplianceFlag
    # A hazard reported at once, not sent yet.
    urgent: SelfInspectionReport
    # Its complete plan was received; its deadline is far.
    planned: MajorHazard
    # The same; more time and an acceptance wait for the principal.
    waiting: MajorHazard
    accepted: MajorHazard
    # Still to be eliminated.
    general: GeneralHazard
    # By where each stands.
    checks: dict[CheckState, SpotCheck]
    # Of a spot check under way; its other officer than the inspector has compared it
    # with the record, and a second person is waited for.
    finding: Finding
    # Of another finding; decided for the enterprise by hand.
    decided: Determination
    # What the enterprise stated against it, not answered yet.
    objection: Objection

    @property
    def seal(self) -> Seal:
        """By which the received report was sealed."""
        report = self.reports[ReportStatus.RECEIVED]
        return Seal.objects.get(version__report=report)

    def ask(
        self, actor: str, url: str, *, method: str, fields: dict[str, object]
    ) -> Outcome:
        """Ask as the actor and say what came of it."""
        client = Client(raise_request_exception=True)
        if actor == "unattached":
            signed_in(self.unattached, client=client)
        elif actor != "anonymous":
            signed_in(self.actors[actor], client=client)
        send: Callable[..., HttpResponse] = getattr(client, method)
        return outcome(send(url, fields))


def outcome(response: HttpResponse) -> Outcome:
    """Name what came of a request."""
    target = response.headers.get("Location", "")
    if response.status_code == 302 and target.startswith("/account/login/"):
        return "login"
    if response.status_code in (200, 302, 409, 422):
        return "in"
    return str(response.status_code)


def make_world() -> World:
    """Build it through the services."""
    superior = make_bureau()
    bureau = make_bureau(parent=superior)
    desks, others = make_desks(bureau=bureau), make_desks()
    inspection = make_inspection(
        desks, on=Quarter(2026, 3).starts_on, principal_evidence="全程参加，有照片。"
    )
    statuses = (
        ReportStatus.DRAFT,
        ReportStatus.AWAITING_SIGNATURE,
        ReportStatus.RECEIVED,
        ReportStatus.RETURNED,
    )
    quarter, reports = Quarter(2025, 2), {}
    for minutes, status in enumerate(statuses):
        # One signature a moment: a proof signs one report.
        at = NOW + dt.timedelta(minutes=minutes)
        reports[status] = make_report(desks, status=status, quarter=quarter, at=at)
        quarter = quarter.next()
    flag = _notice_a_missing_quarter(desks)
    inspector = make_acting(Role.INSPECTOR, bureau=bureau)
    deciding = make_acting(Role.DECIDING_OFFICER, bureau=bureau)
    decided = _decide(desks, deciding)
    world = World(
        desks=desks,
        others=others,
        actors={
            "clerk": desks.clerk,
            "leader": desks.leader,
            "member": desks.member,
            "principal": desks.principal,
            "reviewer": desks.reviewer,
            "head": desks.head,
            "inspector": inspector,
            "deciding": deciding,
            "township": make_acting(Role.TOWNSHIP_ASSISTANT, bureau=bureau),
            "superior": make_acting(Role.REVIEWER, bureau=superior),
            "other clerk": others.clerk,
            "other principal": others.principal,
            "other reviewer": others.reviewer,
            "operator": make_acting(Role.OPERATOR),
        },
        unattached=User.objects.create(
            username="nobody-yet", full_name="无任职", joined_at=desks.site.recorded_at
        ),
        inspection=inspection,
        invitation=_invite(desks),
        change=_change_principal(desks),
        notice=Notice.objects.filter(recipient=desks.clerk.user).latest("id"),
        address=OutsideAddress.objects.create(
            user=desks.clerk.user,
            kind="webhook",
            url="https://hook.example/notices",
            label="我的系统",
            added_at=NOW,
        ),
        upload=_upload(desks),
        photo=make_photo(reports[ReportStatus.DRAFT], desks),
        reports=reports,
        lodged=make_lodged(desks, quarter=quarter, at=NOW + dt.timedelta(hours=1)),
        stop=_declare(desks, from_on=TODAY),
        ended_stop=_declare(
            desks,
            from_on=TODAY - dt.timedelta(days=9),
            to_on=TODAY - dt.timedelta(days=3),
        ),
        duty=Obligation.objects.get(flags=flag),
        flag=flag,
        urgent=begin_report(desks, at=NOW + dt.timedelta(hours=3)),
        general=general_hazards.record(
            said=GeneralDescription(
                site_id=desks.site.pk,
                place="3号线传送带",
                description="防护罩松动。",
                reason="伤害轻微，立即可以整改。",
                found_on=TODAY,
            ),
            by=desks.clerk,
            at=NOW,
        ),
        planned=planned_hazard(
            desks,
            at=NOW + dt.timedelta(hours=2),
            due_on=timezone.localdate() + dt.timedelta(days=90),
        ),
        waiting=_let_wait(desks, at=NOW + dt.timedelta(hours=3)),
        accepted=accepted_hazard(desks, at=NOW + dt.timedelta(hours=4)),
        checks={state: make(desks) for state, make in CHECKS.items()},
        finding=_find(desks, inspector),
        decided=decided,
        objection=_object(desks, decided),
    )
    # Everybody has one, as real people do; hashed once.
    User.objects.update(password=make_password(PASSWORD))
    for user in (world.unattached, *(by.user for by in world.actors.values())):
        user.refresh_from_db()
    return world


def _notice_a_missing_quarter(desks: Desks) -> ComplianceFlag:
    """The clock has found that no report of the draft's quarter was received."""
    openings.open_periods(at=NOW)
    clock.move_due(at=NOW)
    return ComplianceFlag.objects.filter(
        enterprise=desks.enterprise, kind="missing_quarter"
    ).earliest("id")


def _let_wait(desks: Desks, *, at: dt.datetime) -> MajorHazard:
    """A hazard about which the principal is asked two things."""
    hazard = planned_hazard(desks, at=at)
    extensions.ask(
        hazard_id=hazard.pk,
        doing=Doing(text="设备到货推迟。"),
        to_on=DUE_ON + dt.timedelta(days=30),
        interim_measures="停用并设专人看守。",
        by=desks.clerk,
        at=at,
    )
    record_acceptance(hazard, desks, at=at)
    return hazard


def _declare(
    desks: Desks, *, from_on: dt.date, to_on: dt.date | None = None
) -> Suspension:
    """The clerk has declared a stop with a photo."""
    evidence = attachments.keep(
        upload(picture(size=(80, 60)), "停产照片.jpg"),
        enterprise=desks.enterprise,
        by=desks.clerk,
        at=NOW,
    )
    stop = suspensions.Stop(
        from_on=from_on,
        to_on=to_on,
        reason="全厂停产检修。",
        evidence=evidence,
    )
    return suspensions.declare(stop=stop, by=desks.clerk, at=NOW)


def _find(desks: Desks, inspector: Acting) -> Finding:
    """Nothing on record is what the inspector and a colleague found."""
    visited = make_visited(desks, at=NOW + dt.timedelta(hours=5), officer=inspector)
    finding = make_finding(visited)
    by_colleague = dataclasses.replace(visited, officer=visited.colleague)
    compare(finding, by_colleague, *["different"] * 10)
    return finding


def _decide(desks: Desks, deciding: Acting) -> Determination:
    """Two other officers found something, and it was decided on."""
    at = NOW + dt.timedelta(hours=6)
    visited = make_visited(desks, at=at)
    made = determinations.determine(
        finding_id=make_finding(visited).pk,
        by=visited.officer,
        at=at + dt.timedelta(hours=2),
    )
    decided_at = at + dt.timedelta(hours=3)
    decisions.decide(
        determination_id=made.pk,
        said=decisions.Said(
            respondent=Respondent.ENTERPRISE,
            outcome=CaseOutcome.NONE,
            reason="现场核查后，不属于该条所列情形。",
        ),
        proof=proof_of(deciding, at=decided_at),
        by=deciding,
        at=decided_at,
    )
    return made


def _object(desks: Desks, decided: Determination) -> Objection:
    """The clerk states something against what was found."""
    return objections.state(
        finding_id=decided.finding_id,
        key=uuid.uuid4(),
        text="现场情况与记录不符，请核对。",
        by=desks.clerk,
        at=NOW + dt.timedelta(hours=10),
    )


def _invite(desks: Desks) -> Sent:
    """The principal has invited a second clerk, who has not answered."""
    person = Person(full_name="新来的人", mobile="13700000001")
    by = desks.principal
    return invitations.invite(person=person, role=Role.CLERK, by=by, at=timezone.now())


def _change_principal(desks: Desks) -> PrincipalChange:
    """The team leader has entered a new principal."""
    return principal_changes.enter(
        person=Person(full_name="继任者", mobile="13700000002"),
        takes_office_on=timezone.localdate(),
        reason="换届选举，见董事会决议。",
        by=desks.leader,
        at=timezone.now(),
    )


def _upload(desks: Desks) -> EnterpriseImport:
    """The reviewer looks at a list before it is taken in."""
    content = book(row())
    return enterprise_imports.upload(
        file=io.BytesIO(content),
        size=len(content),
        file_name="名单.xlsx",
        starts_on=timezone.localdate(),
        by=desks.reviewer,
        at=timezone.now(),
    )
