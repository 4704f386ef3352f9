"""The lives of some major hazards, from the shop floor to closure, step by step."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Membership
from hazards.models import (
    PLAN_FIELDS,
    AcceptedBy,
    Audience,
    HazardAct,
    ListedLevel,
    MajorHazard,
    Moment,
    SelfInspectionReport,
    Stop,
)
from hazards.services import (
    acceptances,
    attachments,
    closings,
    extensions,
    gradings,
    hazard_reports,
    hazards,
    progress,
    rechecks,
    registrations,
    reports,
    reviews,
    supervision,
    tellings,
    voidings,
)
from hazards.services.descriptions import Description, described
from hazards.services.lives import Doing, Evidence
from hazards.services.versions import statement_of
from portal.demo import material, moments
from portal.demo.pictures import picture
from portal.demo.proofs import Proofs
from portal.demo.stories import Story, put_signature
from portal.demo.world import Company, World, acting

_A_BREATH = dt.timedelta(minutes=11)
# What was received earlier the bureau has answered by now.
_ANSWERED_AFTER = dt.timedelta(days=14)
_LISTED_PAPER = "铁安委办督〔挂〕3号"
_ORDER_PAPER = "应急责改〔现〕17号"
_WORDS = {
    "told": "班前会向当班员工说明隐患位置、危害和管控措施，全员签到。",
    "congress": "职工代表大会联席会议通报重大事故隐患及治理方案，代表无异议。",
    "progress": "按治理方案施工，现场设专人监护，当日清理完毕。",
    "asked": "主要配件厂家推迟交货，附厂家来函；延期期间管控措施不变。",
    "order": "现场检查确认隐患存在，责令限期整改，整改完成前停止使用相关设备。",
    "listed": "隐患涉及人员密集作业场所，列为市级挂牌督办。",
    "apply": "整改已完成并经本单位验收，申请复查。",
    "passed": "现场复查，整改项目与方案一致，作业票抽查五份均符合要求，同意销号。",
    "closed": "验收合格，资料归档，予以销号。",
    "downgraded": "现场测量积尘不足1毫米，不构成“积尘严重”，按一般隐患治理。",
    "voided": "经设计单位说明和现场核实，不属于快速冻结装置作业间，系误报。",
    "handed-over": "该场所的特种设备改造由市场监管部门监督，移送处理。",
}
_JUDGES = "设备部高级工程师两名、外聘冶金安全专家一名（名单附后）"


@dataclass(frozen=True)
class Life:
    """A hazard of `lives.toml`; see there."""

    firm: str
    fate: str
    found: int
    due: int
    clause: str
    site: str
    place: str
    description: str
    causes: str
    harm: str
    difficulty: str
    interim: str
    plan: tuple[str, ...]
    responsible: str
    funds: Decimal
    done: str


def all_lives(world: World, proofs: Proofs, *, now: dt.datetime) -> Iterator[Story]:
    """The lives of the enterprises that are there, if the portal was open by then."""
    companies = {company.firm.name: company for company in world.companies}
    for life in _lives():
        company = companies.get(life.firm)
        if company is None:
            continue
        began = now.date() - dt.timedelta(days=life.found)
        if began > company.firm.joined_on:
            yield _Walk(life, company, world, proofs, now=now).steps()


def _lives() -> list[Life]:
    text = resources.files("portal.demo").joinpath("lives.toml")
    tables = tomllib.loads(text.read_text(encoding="utf-8"))["lives"]
    return [
        Life(
            **{**table, "plan": tuple(table["plan"]), "funds": Decimal(table["funds"])}
        )
        for table in tables
    ]


class _Walk:
    """One hazard's steps, each at its moment; everything is done by the services."""

    def __init__(
        self,
        life: Life,
        company: Company,
        world: World,
        proofs: Proofs,
        *,
        now: dt.datetime,
    ) -> None:
        self.life, self.company, self.world, self.proofs = life, company, world, proofs
        self.now = now
        self.dice = material.dice("life", life.firm, life.place)
        self.at = now
        self.hazard: MajorHazard | None = None
        self.pictures = 0

    def steps(self) -> Story:
        """From the shop floor on, as far as its fate goes."""
        yield self.days_ago(self.life.found)
        report = self.find()
        fate = self.life.fate
        if fate == "registered":
            self.at += _A_BREATH
            yield self.at
            registrations.register(
                report_id=report.pk,
                hazard_id=self.id,
                by=acting(self.company.clerk, self.at),
                at=self.at,
            )
            return
        yield from self.sign(report)
        if fate == "reported":
            return
        yield from self.plan()
        yield from self.tell()
        yield from _FATES[fate](self)

    # Moments

    def days_ago(self, days: int) -> dt.datetime:
        """Move on to an office hour so many days before now, or a little later."""
        day = moments.on_or_before(self.now.date() - dt.timedelta(days=days))
        at = moments.in_office(day, self.dice)
        self.at = at if self.hazard is None else max(at, self.at + _A_BREATH)
        return self.at

    # What is said

    @property
    def id(self) -> int:
        """The hazard, once it is found."""
        assert self.hazard is not None  # noqa: S101  # it is found first
        return self.hazard.pk

    def doing(self, words: str, *, shots: tuple[Moment, ...] = ()) -> Doing:
        """Words, and drawn pictures that stand for photos."""
        return Doing(text=words, evidence=[self.shot(moment) for moment in shots])

    def shot(self, moment: Moment) -> Evidence:
        """One picture more."""
        self.pictures += 1
        dice = material.dice(self.life.place, moment.value, self.pictures)
        attachment = attachments.keep(
            ContentFile(picture(dice), name=f"{moment.label}{self.pictures}.jpg"),
            enterprise=self.company.enterprise,
            by=acting(self.company.clerk, self.at),
            at=self.at,
        )
        return Evidence(attachment, moment)

    def who(self, member: Membership) -> dict[str, Any]:
        """Whose act it is, and when: what every service asks."""
        return {"hazard_id": self.id, "by": acting(member, self.at), "at": self.at}

    # Steps

    def find(self, *, again: MajorHazard | None = None) -> SelfInspectionReport:
        """Describe it in a report of its own, with a photo."""
        life, by = self.life, acting(self.company.clerk, self.at)
        site = next(site for site in self.company.sites if site.name == life.site)
        report = hazard_reports.begin(
            description=Description(
                found_at=self.at - dt.timedelta(hours=3),
                clause=life.clause,
                site_id=site.pk,
                place=life.place,
                description=life.description,
                causes=life.causes,
                harm=life.harm,
                difficulty=life.difficulty,
                interim_measures=life.interim,
                responsible_person=life.responsible,
            ),
            recurrence_of=again,
            by=by,
            at=self.at,
        )
        self.hazard = report.hazard
        attachments.add_photo(
            ContentFile(picture(material.dice(life.place, "found", again is None))),
            report_id=report.pk,
            hazard_id=self.id,
            keep_position=False,
            by=by,
            at=self.at,
        )
        return report

    def sign(self, report: SelfInspectionReport) -> Story:
        """Send it to the principal, who signs; the bureau answers what is older."""
        self.at += _A_BREATH
        yield self.at
        reports.send_for_signature(
            report_id=report.pk, by=acting(self.company.leader, self.at), at=self.at
        )
        self.at += _A_BREATH
        yield self.at
        put_signature(report, self.company, self.proofs, at=self.at)
        if self.now - self.at > _ANSWERED_AFTER:
            yield self.later(1)
            reviewer = self.company.desk.reviewers[0]
            reviews.accept(
                report_id=report.pk, by=acting(reviewer, self.at), at=self.at
            )

    def plan(self, *, due: int | None = None) -> Story:
        """Write the treatment plan two days later, and sign it."""
        yield self.later(2)
        life, by = self.life, acting(self.company.clerk, self.at)
        report = hazard_reports.begin_plan(hazard_id=self.id, by=by, at=self.at)
        version = report.versions.get(sealed_at__isnull=True)
        stated = statement_of(version, self.id)
        elements: dict[str, Any] = dict(zip(PLAN_FIELDS, life.plan, strict=True))
        days = life.due if due is None else due
        hazards.save(
            report_id=report.pk,
            hazard_id=self.id,
            made_from=stated.revision,
            description=replace(
                described(stated),
                **elements,
                funds_planned=life.funds,
                due_on=self.now.date() + dt.timedelta(days=days),
            ),
            by=by,
            at=self.at,
        )
        yield from self.sign(report)

    def later(self, days: int) -> dt.datetime:
        """Move on so many days, to an office hour."""
        day = moments.on_or_after(self.at.date() + dt.timedelta(days=days))
        self.at = max(moments.in_office(day, self.dice), self.at + _A_BREATH)
        return self.at

    def tell(self) -> Story:
        """Tell the workers, and report to their congress."""
        for audience, words in (
            (Audience.WORKERS, _WORDS["told"]),
            (Audience.CONGRESS, _WORDS["congress"]),
        ):
            yield self.later(1)
            doing = self.doing(words, shots=(Moment.DOCUMENT,))
            tellings.record(
                doing=replace(doing, on=self.at.date()),
                audience=audience,
                **self.who(self.company.leader),
            )

    def work(self, words: str, *, stopped: Stop | None = None) -> Story:
        """Rectify some days, with photos before and after and what it cost."""
        yield self.later(2)
        progress.record(
            doing=self.doing(_WORDS["progress"], shots=(Moment.BEFORE,)),
            funds_spent=self.life.funds / 4,
            stopped=stopped,
            **self.who(self.company.clerk),
        )
        yield self.later(3)
        progress.record(
            doing=self.doing(words, shots=(Moment.AFTER,)),
            funds_spent=self.life.funds / 2,
            **self.who(self.company.clerk),
        )

    def accept(self) -> Story:
        """Let own experts judge it, and the principal confirm."""
        yield self.later(1)
        recorded = self.record()
        yield self.later(1)
        acceptances.confirm(
            recorded=recorded.key,
            proof=self.proofs.prove(self.company.principal, at=self.at),
            doing=self.doing("已到现场查看，同意验收意见。"),
            **self.who(self.company.principal),
        )

    def record(self) -> HazardAct:
        """Record what own experts judged."""
        return acceptances.record(
            accepted_by=AcceptedBy.OWN,
            people=_JUDGES,
            doing=self.doing(self.life.done, shots=(Moment.AFTER, Moment.DOCUMENT)),
            **self.who(self.company.leader),
        )

    def order(self, stop: str) -> Story:
        """Let the bureau order its rectification by the deadline of the plan."""
        yield self.later(1)
        supervision.order(
            due_on=self.now.date() + dt.timedelta(days=self.life.due),
            stop=stop,
            document_number=_ORDER_PAPER,
            doing=self.doing(_WORDS["order"]),
            **self.who(self.company.desk.reviewers[0]),
        )

    # Fates

    def came_back(self) -> Story:
        """Closed by the enterprise, and found again four months later."""
        yield from self.work(self.life.done)
        yield from self.accept()
        yield self.later(1)
        closings.close(
            doing=self.doing(_WORDS["closed"]), **self.who(self.company.leader)
        )
        first = MajorHazard.objects.get(pk=self.id)
        yield self.days_ago(38)
        yield from self.sign(self.find(again=first))
        yield from self.plan(due=15)
        yield from self.tell()
        yield from self.work("传感器接线松动处已全部更换端子，报警恢复，继续观察。")

    def acceptance_waits(self) -> Story:
        """Rectified; the acceptance lies on the principal's desk."""
        yield from self.work(self.life.done)
        yield self.days_ago(8)
        self.record()

    def listed(self) -> Story:
        """Ordered with a partial stop, listed by the city, and more time asked for."""
        yield from self.order(Stop.PART)
        yield self.later(2)
        supervision.begin_listing(
            level=ListedLevel.CITY,
            document_number=_LISTED_PAPER,
            doing=self.doing(_WORDS["listed"]),
            **self.who(self.world.city.head),
        )
        yield from self.work(self.life.done, stopped=Stop.PART)
        yield self.days_ago(2)
        self.ask()

    def ask(self) -> None:
        """Ask for three weeks more."""
        extensions.ask(
            to_on=self.now.date() + dt.timedelta(days=self.life.due + 21),
            interim_measures=self.life.interim,
            doing=self.doing(_WORDS["asked"]),
            **self.who(self.company.clerk),
        )

    def passed(self) -> Story:
        """Ordered, rectified, looked at by two officers, closed."""
        yield from self.order("")
        yield from self.work(self.life.done)
        yield from self.accept()
        yield self.later(1)
        self.apply()
        yield self.later(5)
        one, two = self.company.desk.reviewers
        rechecks.pass_recheck(
            second=two, doing=self.doing(_WORDS["passed"]), **self.who(one)
        )

    def apply(self) -> None:
        """Apply for the re-check."""
        closings.apply_for_recheck(
            doing=self.doing(_WORDS["apply"]), **self.who(self.company.clerk)
        )

    def recheck(self) -> Story:
        """Ordered and stopped; the re-check and the resuming are applied for."""
        yield from self.order(Stop.WHOLE)
        yield from self.work(self.life.done, stopped=Stop.WHOLE)
        yield from self.accept()
        yield self.days_ago(4)
        self.apply()

    def overdue(self) -> Story:
        """Worked at, and past its deadline."""
        yield from self.work(self.life.done)

    def asked(self) -> Story:
        """More time asked for, which the principal answers."""
        yield from self.work(self.life.done)
        yield self.days_ago(1)
        self.ask()

    def accepted(self) -> Story:
        """Accepted, and not closed yet."""
        yield from self.work(self.life.done)
        yield from self.accept()

    def downgraded(self) -> Story:
        """Graded down by the bureau."""
        yield self.later(2)
        gradings.downgrade(
            clause=self.life.clause,
            doing=self.doing(_WORDS["downgraded"]),
            **self.who(self.company.desk.reviewers[0]),
        )

    def voided(self) -> Story:
        """Struck out by the bureau."""
        yield self.later(2)
        voidings.void(
            doing=self.doing(_WORDS["voided"]),
            **self.who(self.company.desk.reviewers[0]),
        )

    def handed_over(self) -> Story:
        """Handed over to another department."""
        yield self.later(2)
        voidings.hand_over(
            department="市市场监督管理局",
            doing=self.doing(_WORDS["handed-over"]),
            **self.who(self.company.desk.reviewers[0]),
        )


_FATES: Mapping[str, Callable[[_Walk], Story]] = {
    "came-back": _Walk.came_back,
    "acceptance-waits": _Walk.acceptance_waits,
    "listed": _Walk.listed,
    "passed": _Walk.passed,
    "recheck": _Walk.recheck,
    "overdue": _Walk.overdue,
    "asked": _Walk.asked,
    "accepted": _Walk.accepted,
    "downgraded": _Walk.downgraded,
    "voided": _Walk.voided,
    "handed-over": _Walk.handed_over,
}
