"""
Factories that walk through the services to each state of a major hazard. Instants are
told to them; what is not told happens at NOW (tests/factories.py).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from accounts.models import Acting
from hazards.models import (
    AcceptedBy,
    GeneralHazard,
    HazardAct,
    HazardActKind,
    MajorHazard,
    Moment,
    Seal,
    SelfInspectionReport,
)
from hazards.services import (
    acceptances,
    general_hazards,
    hazard_reports,
    hazards,
    reports,
)
from hazards.services.descriptions import described
from hazards.services.general_hazards import GeneralDescription
from hazards.services.lives import Doing, Evidence, Living, living
from hazards.services.versions import statement_of
from tests.factories import NOW, SHANGHAI
from tests.factories_reports import (
    Desks,
    make_description,
    make_scan,
    open_version,
    proof_of,
    sign,
)

DUE_ON = dt.date(2026, 9, 30)
"""The deadline in the plans made here."""

PLAN = {
    "plan_goals": "消除2号熔炼炉承包管理隐患，恢复合规作业。",
    "plan_measures": "停止检修，签订安全生产管理协议，重新交底后复工。",
    "plan_funds": "安排专项经费3万元，由财务科落实。",
    "plan_people": "设备科牵头，科长负责，安全科监督。",
    "plan_schedule": "9月30日前完成，每周报告进度。",
    "plan_emergency": "检修区域警戒，配备灭火器材，启动现场处置方案。",
    "interim_measures": "停止承包单位进场，炉前拉设警戒线。",
    "responsible_person": "设备科科长",
    "due_on": DUE_ON,
}
"""All six elements, the interim measures and the deadline."""


def on_day_of(by: Acting, at: dt.datetime) -> Acting:
    """The same person on the day of the instant."""
    return replace(by, on=at.astimezone(SHANGHAI).date())


def general_description(desks: Desks, **changes: Any) -> GeneralDescription:
    """Something of small harm, found the day before NOW."""
    said = GeneralDescription(
        site_id=desks.site.pk,
        place="3号线传送带",
        description="防护罩松动。",
        reason="立即可以整改，伤害轻微。",
        found_on=NOW.astimezone(SHANGHAI).date() - dt.timedelta(days=1),
    )
    return replace(said, **changes)


def general_hazard(
    desks: Desks, *, at: dt.datetime = NOW, **changes: Any
) -> GeneralHazard:
    """A member of the team records it."""
    return general_hazards.record(
        said=general_description(desks, **changes),
        by=on_day_of(desks.member, at),
        at=at,
    )


def begin_report(
    desks: Desks, *, at: dt.datetime = NOW, **changes: Any
) -> SelfInspectionReport:
    """A hazard described in a report of its own, not sent yet."""
    return hazard_reports.begin(
        description=make_description(desks, **changes),
        by=on_day_of(desks.clerk, at),
        at=at,
    )


def send_and_sign(
    report: SelfInspectionReport, desks: Desks, *, at: dt.datetime = NOW
) -> Seal:
    """The clerk sends it, the principal signs it, in the same minute."""
    clerk = on_day_of(desks.clerk, at)
    reports.send_for_signature(report_id=report.pk, by=clerk, at=at)
    return sign(report, desks, at=at)


def reported_hazard(
    desks: Desks, *, at: dt.datetime = NOW, **changes: Any
) -> MajorHazard:
    """A hazard reported at once and received."""
    report = begin_report(desks, at=at, **changes)
    send_and_sign(report, desks, at=at)
    return MajorHazard.objects.get(reports=report)


def plan_for(
    hazard: MajorHazard, desks: Desks, *, at: dt.datetime = NOW, **changes: Any
) -> SelfInspectionReport:
    """A complete plan, written and not sent yet."""
    clerk = on_day_of(desks.clerk, at)
    report = hazard_reports.begin_plan(hazard_id=hazard.pk, by=clerk, at=at)
    stated = statement_of(open_version(report), hazard.pk)
    hazards.save(
        report_id=report.pk,
        hazard_id=hazard.pk,
        made_from=stated.revision,
        description=replace(described(stated), **{**PLAN, **changes}),
        by=clerk,
        at=at,
    )
    return report


def planned_hazard(
    desks: Desks, *, at: dt.datetime = NOW, **changes: Any
) -> MajorHazard:
    """A hazard whose complete plan was received, due on DUE_ON unless told; reported
    a minute before, as each signature needs a proof of its own."""
    hazard = reported_hazard(desks, at=at - dt.timedelta(minutes=1))
    send_and_sign(plan_for(hazard, desks, at=at, **changes), desks, at=at)
    hazard.refresh_from_db()
    return hazard


def do(
    hazard: MajorHazard,
    kind: HazardActKind,
    by: Acting,
    *,
    at: dt.datetime = NOW,
    doing: Doing | None = None,
    then: Callable[[Living], object] = lambda _life: None,
) -> MajorHazard:
    """One act by the bare mechanism; services add what their kind says."""
    said = doing or Doing(text="已处理。")
    with living(hazard.pk, kind, doing=said, by=on_day_of(by, at), at=at) as life:
        then(life)
    hazard.refresh_from_db()
    return hazard


def doing(desks: Desks, text: str = "已完成整改。", **changes: Any) -> Doing:
    """What an act says, with a document of the enterprise as its evidence."""
    evidence = (Evidence(make_scan(desks, of="验收记录"), Moment.DOCUMENT),)
    return Doing(**{"text": text, "evidence": evidence, **changes})


def record_acceptance(
    hazard: MajorHazard,
    desks: Desks,
    *,
    accepted_by: AcceptedBy = AcceptedBy.OWN,
    agency: str = "",
    at: dt.datetime = NOW,
) -> HazardAct:
    """The clerk records that somebody judged it eliminated."""
    return acceptances.record(
        hazard_id=hazard.pk,
        doing=doing(desks, "现场查验，隐患已消除。"),
        accepted_by=accepted_by,
        people="王工，注册安全工程师",
        agency=agency,
        by=on_day_of(desks.clerk, at),
        at=at,
    )


def confirm_acceptance(
    hazard: MajorHazard, recorded: HazardAct, desks: Desks, *, at: dt.datetime = NOW
) -> HazardAct:
    """The principal confirms it, with proof of that moment."""
    return acceptances.confirm(
        hazard_id=hazard.pk,
        recorded=recorded.key,
        proof=proof_of(desks.principal, at=at),
        doing=Doing(text="已到现场查看。"),
        by=on_day_of(desks.principal, at),
        at=at,
    )


def accepted_hazard(
    desks: Desks, *, at: dt.datetime = NOW, **changes: Any
) -> MajorHazard:
    """A planned hazard whose acceptance the principal confirmed a minute later."""
    hazard = planned_hazard(desks, at=at, **changes)
    later = at + dt.timedelta(minutes=1)
    confirm_acceptance(
        hazard, record_acceptance(hazard, desks, at=later), desks, at=later
    )
    hazard.refresh_from_db()
    return hazard
