"""The spot checks of the demonstration, and the cases of what was found in them."""

import datetime as dt
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Membership
from hazards.models import (
    CaseOutcome,
    CheckKind,
    Determination,
    Finding,
    FindingMatch,
    MatchVerdict,
    Respondent,
    SpotCheck,
)
from hazards.queries.candidates import candidates
from hazards.queries.check_counts import counts_before
from hazards.rules.deadlines import SHANGHAI
from hazards.services import (
    attachments,
    decisions,
    determinations,
    findings,
    matching,
    objections,
    spot_checks,
)
from hazards.services.check_plans import CheckPlan
from hazards.services.decisions import OUTCOMES, Said
from hazards.services.findings import Assessment, Found
from portal.demo import material, moments
from portal.demo.pictures import picture
from portal.demo.proofs import Proofs
from portal.demo.stories import Story
from portal.demo.world import Company, World, acting

_A_BREATH = dt.timedelta(minutes=13)
_PLAN_PAPER = "{year}年度安全生产监督检查计划"
_GO_ON = "列入年度计划的重点企业，经局负责人同意继续检查。"
_APPROVED = "同意，两名执法人员持证进入。"
_CITED = ("circular-2025-11/item-10",)


@dataclass(frozen=True)
class Seen:
    """A finding of `checks.toml`; see there. `is_hazard` is its `is`."""

    clause: str
    site: str
    place: str
    description: str
    ordered: str
    rectify: int
    assessment: str
    note: str
    decided: bool
    stop: str = ""
    effective: bool | None = None
    existed: bool | None = None
    is_hazard: str = ""
    second: str = ""
    objection: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Visit:
    """A spot check of `checks.toml`; see there."""

    firm: str
    stands: str
    planned: int
    comes: int
    matters: tuple[str, ...]
    purpose: str
    summary: str
    findings: tuple[Seen, ...]


def all_checks(world: World, proofs: Proofs, *, now: dt.datetime) -> Iterator[Story]:
    """The checks of enterprises that are there and had time to report before."""
    companies = {company.firm.name: company for company in world.companies}
    for visit in _visits():
        company = companies.get(visit.firm)
        if company is None:
            continue
        # What is found is found on a record of some weeks.
        began = now.date() - dt.timedelta(days=2 * visit.planned)
        if began > company.firm.joined_on:
            yield _Walk(visit, company, proofs, now=now).steps()


def _visits() -> list[Visit]:
    text = resources.files("portal.demo").joinpath("checks.toml")
    tables = tomllib.loads(text.read_text(encoding="utf-8"))["checks"]
    return [_visit(**table) for table in tables]


def _visit(
    matters: list[str],
    findings: list[dict[str, Any]] | None = None,
    summary: str = "",
    **said: Any,
) -> Visit:
    seen = [
        Seen(**{"is_hazard" if key == "is" else key: each[key] for key in each})
        for each in findings or []
    ]
    return Visit(**said, matters=tuple(matters), summary=summary, findings=tuple(seen))


class _Walk:
    """One check's steps, each at its moment; everything is done by the services."""

    def __init__(
        self, visit: Visit, company: Company, proofs: Proofs, *, now: dt.datetime
    ) -> None:
        self.visit, self.company, self.proofs = visit, company, proofs
        self.desk = company.desk
        self.dice = material.dice("check", visit.firm, visit.planned)
        planned_on = moments.on_or_before(now.date() - dt.timedelta(visit.planned))
        self.at = moments.in_office(planned_on, self.dice)
        nearest = moments.on_or_before if visit.comes < 0 else moments.on_or_after
        comes_on = nearest(now.date() + dt.timedelta(days=visit.comes))
        self.comes_on = max(comes_on, planned_on)

    def steps(self) -> Story:
        """From the plan on, as far as it stands."""
        yield self.at
        check = self.plan()
        if self.visit.stands == "planned":
            return
        yield self.a_breath()
        spot_checks.approve(
            check_id=check.pk, answer=_APPROVED, **self.who(self.desk.head)
        )
        if self.visit.stands == "approved":
            return
        self.at = max(moments.in_office(self.comes_on, self.dice), self.a_breath())
        yield self.at
        self.arrive(check)
        recorded = []
        for seen in self.visit.findings:
            yield self.a_breath()
            recorded.append((seen, self.record(check, seen)))
        yield self.a_breath()
        spot_checks.end(check_id=check.pk, summary=self.visit.summary, **self.inspector)
        for seen, finding in recorded:
            yield from self.judge(finding, seen)
        for seen, finding in recorded:
            yield from self.determine(finding, seen)

    # Moments and people

    def a_breath(self) -> dt.datetime:
        """Move on a little."""
        self.at += _A_BREATH
        return self.at

    def later(self, days: int) -> dt.datetime:
        """Move on so many days, to an office hour."""
        day = self.at.astimezone(SHANGHAI).date() + dt.timedelta(days=days)
        at = moments.in_office(moments.on_or_after(day), self.dice)
        self.at = max(at, self.at + _A_BREATH)
        return self.at

    def who(self, member: Membership) -> dict[str, Any]:
        """Whose act it is, and when: what every service asks."""
        return {"by": acting(member, self.at), "at": self.at}

    @property
    def inspector(self) -> dict[str, Any]:
        """The first inspector's act, now."""
        return self.who(self.desk.inspectors[0])

    # Steps

    def plan(self) -> SpotCheck:
        """Let the first inspector plan it, by the yearly plan."""
        visit = self.visit
        return spot_checks.plan(
            enterprise_id=self.company.enterprise.pk,
            plan=CheckPlan(
                kind=CheckKind.PLANNED,
                matters=visit.matters,
                purpose=visit.purpose,
                plan_reference=_PLAN_PAPER.format(year=self.comes_on.year),
                planned_on=self.comes_on,
                officers=tuple(one.pk for one in self.desk.inspectors),
            ),
            **self.inspector,
        )

    def arrive(self, check: SpotCheck) -> None:
        """Read this year's counts and begin."""
        counts = counts_before(check, on=self.inspector["by"].on)
        spot_checks.start(
            check_id=check.pk,
            shown=spot_checks.digest_of(counts),
            reason_to_go_on=_GO_ON,
            **self.inspector,
        )

    def record(self, check: SpotCheck, seen: Seen) -> Finding:
        """Put a finding on record with a photo."""
        site = next(site for site in self.company.sites if site.name == seen.site)
        dice = material.dice("finding", seen.place)
        photo = attachments.keep(
            ContentFile(picture(dice), name="现场照片.jpg"),
            enterprise=self.company.enterprise,
            **self.inspector,
        )
        return findings.record(
            spot_check_id=check.pk,
            found=Found(
                is_major=True,
                clause=seen.clause,
                site_id=site.pk,
                place=seen.place,
                description=seen.description,
                ordered=seen.ordered,
                stop_ordered=seen.stop,
                rectify_by=self.comes_on + dt.timedelta(days=seen.rectify),
            ),
            photos=[photo.pk],
            key=uuid.uuid4(),
            **self.inspector,
        )

    def judge(self, finding: Finding, seen: Seen) -> Story:
        """Say what only who was there knows, and compare with the record."""
        yield self.a_breath()
        findings.assess(
            finding_id=finding.pk,
            assessment=Assessment(
                note=seen.assessment,
                measures_effective=seen.effective,
                existed_at_last_inspection=seen.existed,
            ),
            **self.inspector,
        )
        yield self.a_breath()
        compared = self.compare(finding, seen)
        if seen.second:
            yield self.a_breath()
            matching.second(
                match_id=compared.pk,
                agrees=True,
                note=seen.second,
                **self.who(self.desk.inspectors[1]),
            )

    def compare(self, finding: Finding, seen: Seen) -> FindingMatch:
        """Answer for each candidate."""
        answers = [
            (
                each.record.public_id,
                MatchVerdict.SAME
                if each.said.place == seen.is_hazard
                else MatchVerdict.DIFFERENT,
                "",
            )
            for each in candidates(finding).all
        ]
        return matching.match(
            finding_id=finding.pk, answers=answers, note=seen.note, **self.inspector
        )

    def determine(self, finding: Finding, seen: Seen) -> Story:
        """Let the rulebook propose, hear the enterprise, and decide as proposed."""
        yield self.later(1)
        proposed = determinations.determine(finding_id=finding.pk, **self.inspector)
        if seen.objection:
            yield from self.hear(finding, seen)
        if seen.decided:
            yield from self.decide(proposed)

    def hear(self, finding: Finding, seen: Seen) -> Story:
        """Let the enterprise state its view, and the officer answer."""
        yield self.later(1)
        stated = objections.state(
            finding_id=finding.pk,
            key=uuid.uuid4(),
            text=seen.objection,
            **self.who(self.company.principal),
        )
        yield self.later(2)
        objections.answer(
            objection_id=stated.pk, text=seen.answer, **self.who(self.desk.officer)
        )

    def decide(self, proposed: Determination) -> Story:
        """Confirm what is proposed for each; what a person must judge is left."""
        for respondent in Respondent:
            outcome = decisions.proposed_for(proposed, respondent)
            if outcome not in OUTCOMES[respondent]:
                continue
            yield self.a_breath()
            decisions.decide(
                determination_id=proposed.pk,
                said=Said(respondent, CaseOutcome(outcome), _CITED),
                proof=self.proofs.prove(self.desk.officer, at=self.at),
                **self.who(self.desk.officer),
            )
