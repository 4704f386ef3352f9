"""One bureau and one enterprise with its quarters, made by the services."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from accounts.codes import uscc
from accounts.models import (
    Acting,
    Bureau,
    Enterprise,
    Membership,
    Role,
    Site,
    SupervisionAssignment,
    User,
)
from accounts.models.bureaus import BureauLevel
from accounts.services import bureaus, memberships
from accounts.services.credentials import FreshProof
from hazards.models import ReportVersion, SelfInspectionReport, TeamKind
from hazards.queries.contents import live_bytes
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import hazards, inspections, reports, signing
from hazards.services.descriptions import Description
from hazards.services.inspections import Visit
from hazards.services.reports import Draft

COUNTY = "211282"
OPENED_ON = dt.date(2020, 1, 2)
LAST = Quarter(2026, 2)
_STEP = dt.timedelta(microseconds=1)
"""Added to every signing, so that its instant is written with all its digits."""


@dataclass(frozen=True)
class Office:
    """The bureau that receives, and a reviewer of it."""

    bureau: Bureau
    reviewer: User


@dataclass(frozen=True)
class Firm:
    """An enterprise, its people and its reports, the oldest quarter first."""

    label: str
    enterprise: Enterprise
    site: Site
    clerk: Membership
    principal: Membership
    reports: list[SelfInspectionReport]


def quarters(count: int) -> list[Quarter]:
    """Return so many quarters, the last of them `LAST`."""
    return [LAST.shifted(-back) for back in reversed(range(count))]


def make_office() -> Office:
    """Make a bureau with a reviewer."""
    bureau = bureaus.create_bureau(
        name="测试应急管理局",
        level=BureauLevel.COUNTY,
        covers=[COUNTY],
        by=None,
        at=instant(OPENED_ON),
        on=OPENED_ON,
    )
    reviewer = _member("reviewer", Role.REVIEWER, bureau=bureau)
    return Office(bureau, reviewer.user)


def known_office() -> Office:
    """Return the bureau of a database that was filled before, with its reviewer."""
    return Office(Bureau.objects.get(), User.objects.get(username="reviewer"))


def code_of(label: str) -> str:
    """Return the social credit code of the enterprise with the label."""
    return uscc.make(label, region=COUNTY)


def make_firm(
    office: Office,
    label: str,
    *,
    over: Sequence[Quarter],
    last_is_signed: bool = True,
    principal_comes: bool = False,
) -> Firm:
    """
    Make an enterprise that filed every quarter, nothing found but in the last.

    :param label: eight digits, in its name, its code and the names of its accounts
    :param last_is_signed: else the last report lies on the principal's desk
    :param principal_comes: to every inspection
    """
    enterprise = Enterprise.objects.create(
        uscc=code_of(label),
        name=f"第{label}铸造有限公司",
        registered_address="开原市新城街1号",
        county=bureaus.jurisdiction(code=COUNTY, on=OPENED_ON),
        industry="C3130",
        established_on=OPENED_ON,
        recorded_at=instant(OPENED_ON),
    )
    site = Site.objects.create(
        enterprise=enterprise,
        name="主厂区",
        address="开原市新城街1号",
        county=enterprise.county,
        recorded_at=instant(OPENED_ON),
    )
    SupervisionAssignment.objects.create(
        enterprise=enterprise,
        bureau=office.bureau,
        starts_on=OPENED_ON,
        recorded_at=instant(OPENED_ON),
    )
    firm = Firm(
        label,
        enterprise,
        site,
        clerk=_member(f"p{label}-clerk", Role.CLERK, enterprise=enterprise),
        principal=_member(f"p{label}-principal", Role.PRINCIPAL, enterprise=enterprise),
        reports=[],
    )
    for quarter in over:
        is_last = quarter == over[-1]
        report = _file(
            firm, quarter, with_hazard=is_last, principal_comes=principal_comes
        )
        firm.reports.append(report)
        if last_is_signed or not is_last:
            sign(report, firm.principal, at=signed_at(quarter))
    return firm


def signed_at(quarter: Quarter) -> dt.datetime:
    """When the quarter's report is signed: in time, on its sixth day after."""
    return instant(quarter.next().starts_on + dt.timedelta(days=5)) + _STEP


def ready_to_sign(
    report: SelfInspectionReport, principal: Membership, *, at: dt.datetime
) -> dict[str, object]:
    """Return what `sign_off` takes: what was shown, and the proof of who signs."""
    by = acting(principal, at)
    version = ReportVersion.objects.select_related("report__enterprise").get(
        report=report, sealed_at__isnull=True
    )
    shown = live_bytes(
        version,
        bureau=signing.bureau_for(version.report.enterprise, on=by.on),
        principal=principal,
        on=by.on,
    )
    proof = FreshProof(user_id=principal.user_id, factor="password", at=at)
    return {
        "report_id": report.pk,
        "shown": shown,
        "proof": proof,
        "by": by,
        "at": at,
    }


def sign(
    report: SelfInspectionReport, principal: Membership, *, at: dt.datetime
) -> None:
    """Let the principal sign what is shown."""
    signing.sign_off(**ready_to_sign(report, principal, at=at))  # type: ignore[arg-type]


def _file(
    firm: Firm, quarter: Quarter, *, with_hazard: bool, principal_comes: bool
) -> SelfInspectionReport:
    """Inspect, write the quarter's report, and put it on the principal's desk."""
    day = quarter.starts_on + dt.timedelta(days=40)
    at = instant(quarter.next().starts_on + dt.timedelta(days=4))
    by = acting(firm.clerk, at)
    team = [firm.clerk, firm.principal] if principal_comes else [firm.clerk]
    visit = Visit(
        started_on=day,
        ended_on=day,
        team=TeamKind.INTERNAL,
        site_ids=[firm.site.pk],
        member_ids=[member.pk for member in team],
        areas="熔炼、浇注、打磨、配电室",
        outsiders=["外聘专家"],
    )
    inspections.record(visit=visit, by=by, at=at)
    report = reports.start(quarter=quarter, by=by, at=at)
    version = report.versions.get()
    reports.save_draft(
        report_id=report.pk,
        made_from=version.revision,
        draft=Draft(
            nothing_found=None if with_hazard else True,
            scope="全部车间、仓库和配电室，以及当日的危险作业和相关方作业。",
            coverage="对照工贸企业重大事故隐患判定标准逐条检查，无遗漏。",
            remarks="无",
        ),
        inspection_ids=list(version.listed.values_list("inspection_id", flat=True)),
        by=by,
        at=at,
    )
    if with_hazard:
        found = hazard_of(firm, at=instant(day))
        hazards.describe(report_id=report.pk, description=found, by=by, at=at)
    reports.send_for_signature(report_id=report.pk, by=by, at=at)
    return report


def hazard_of(firm: Firm, *, at: dt.datetime) -> Description:
    """Describe a hazard with everything that is asked for, found at the instant."""
    return Description(
        found_at=at,
        clause="order-10-2023/3(1)",
        site_id=firm.site.pk,
        place="熔炼车间东侧会议室",
        description="会议室设在铁水吊运影响范围内。",
        causes="改建时未核对吊运路线。",
        harm="铁水泄漏或倾翻时可致人员伤亡。",
        difficulty="需另行安排会议室，难度一般。",
        interim_measures="已停用并上锁，设置警示标志。",
        plan_goals="会议室迁出影响范围。",
        plan_measures="迁至办公楼二层，原房间封闭。",
        plan_funds="自有资金",
        plan_people="设备科",
        plan_schedule="一个月内完成",
        plan_emergency="吊运时专人监护。",
        responsible_person="王工",
        funds_planned=Decimal("3.5"),
        due_on=at.date() + dt.timedelta(days=60),
    )


def _member(
    username: str,
    role: Role,
    *,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
) -> Membership:
    at = instant(OPENED_ON)
    user = User(
        username=username,
        full_name="张三",
        email=f"{username}@example.org",
        joined_at=at,
    )
    user.password = UNUSABLE_PASSWORD_PREFIX
    user.save(force_insert=True)
    return memberships.begin(
        Membership(
            user=user,
            role=role,
            enterprise=enterprise,
            bureau=bureau,
            starts_on=OPENED_ON,
        ),
        by=None,
        at=at,
    )


def acting(membership: Membership, at: dt.datetime) -> Acting:
    """Let the person act under the membership on the day of the instant."""
    return Acting(membership=membership, on=at.astimezone(SHANGHAI).date())


def instant(day: dt.date) -> dt.datetime:
    """Eight in the morning of the day (Asia/Shanghai)."""
    return dt.datetime.combine(day, dt.time(8, 0), tzinfo=SHANGHAI)
