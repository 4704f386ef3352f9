"""
What each enterprise does in each quarter, step by step.

A story yields the moment of its next step and makes the step when the walk has come
to that moment, so that all stories together happen in the order of time.
"""

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator

from accounts.models import Membership
from accounts.queries.memberships import receiving_bureau
from hazards.models import SelfInspection, SelfInspectionReport, TeamKind
from hazards.queries.contents import live_bytes
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import inspections, lodging, reports, reviews, signing
from hazards.services.inspections import Visit
from hazards.services.reports import Draft
from portal.demo import findings, material, moments
from portal.demo.proofs import Proofs
from portal.demo.world import Company, acting

Story = Iterator[dt.datetime]
_A_BREATH = dt.timedelta(minutes=9)


def walk(stories: Iterable[Story], *, until: dt.datetime) -> None:
    """Go through all stories in the order of time; what comes later never happens."""
    waiting: list[tuple[dt.datetime, int, Story]] = []
    for number, story in enumerate(stories):
        _wait(waiting, number, story)
    while waiting and waiting[0][0] <= until:
        _, number, story = heapq.heappop(waiting)
        _wait(waiting, number, story)


def _wait(
    waiting: list[tuple[dt.datetime, int, Story]], number: int, story: Story
) -> None:
    at = next(story, None)
    if at is not None:
        heapq.heappush(waiting, (at, number, story))


def put_signature(
    report: SelfInspectionReport, company: Company, proofs: Proofs, *, at: dt.datetime
) -> None:
    """Let the principal sign what is shown."""
    principal = company.principal
    by = acting(principal, at)
    version = report.versions.select_related("report__enterprise").get(
        sealed_at__isnull=True
    )
    shown = live_bytes(
        version,
        bureau=receiving_bureau(company.enterprise, on=by.on),
        principal=principal,
        on=by.on,
    )
    signing.sign_off(
        report_id=report.pk,
        shown=shown,
        proof=proofs.prove(principal, at=at),
        by=by,
        at=at,
    )


class Telling:
    """One enterprise's quarter: the steps, each at its moment."""

    def __init__(
        self, company: Company, quarter: Quarter, proofs: Proofs, *, ago: int
    ) -> None:
        self.company, self.quarter, self.proofs = company, quarter, proofs
        # Quarters before the present one.
        self.ago = ago
        self.firm = company.firm
        self.dice = material.dice(self.firm.name, quarter)
        self.at = dt.datetime.combine(quarter.starts_on, dt.time(8, 0), tzinfo=SHANGHAI)
        self.report: SelfInspectionReport | None = None
        self.coverage = self.firm.coverage

    def by_day(self, day: dt.date) -> dt.datetime:
        """Move on to an office hour of the day, or a little after the last step."""
        self.at = max(moments.in_office(day, self.dice), self.at + _A_BREATH)
        return self.at

    def days_later(self, days: int) -> dt.datetime:
        """Move on to a working day, so many days on."""
        return self.by_day(
            moments.on_or_after(
                self.at.astimezone(SHANGHAI).date() + dt.timedelta(days=days)
            )
        )

    def visit(self, day: dt.date, *, with_principal: bool, confirmed: bool) -> Story:
        """Inspect on the day, record it, and sign in to it."""
        company = self.company
        people = [company.leader, *company.members]
        if with_principal:
            people.append(company.principal)
        yield self.by_day(day)
        inspection = inspections.record(
            visit=Visit(
                started_on=day,
                ended_on=day,
                team=TeamKind.INTERNAL,
                site_ids=[site.pk for site in company.sites],
                member_ids=[person.pk for person in people],
                areas=self.firm.areas,
                principal_evidence=self.dice.choice(material.EVIDENCE)
                if with_principal
                else "",
            ),
            by=acting(company.leader, self.at),
            at=self.at,
        )
        yield from self.sign_in(inspection, [company.leader, *company.members])
        if with_principal and confirmed:
            yield self.days_later(1)
            inspections.confirm_participation(
                inspection_id=inspection.pk,
                by=acting(company.principal, self.at),
                at=self.at,
            )

    def sign_in(self, inspection: SelfInspection, people: list[Membership]) -> Story:
        """Let those who came say so themselves; half of them do."""
        for person in people:
            if self.dice.random() < 0.5:
                self.at += _A_BREATH
                yield self.at
                inspections.sign_in(
                    inspection_id=inspection.pk,
                    by=acting(person, self.at),
                    at=self.at,
                )

    def draft(self, day: dt.date) -> Story:
        """Open the report and write it."""
        yield self.by_day(day)
        by = acting(self.company.clerk, self.at)
        self.report = reports.start(quarter=self.quarter, by=by, at=self.at)
        self.at += _A_BREATH
        yield self.at
        version = self._report.versions.get()
        version.report = self._report
        findings.write(version, self.company, ago=self.ago, by=by, at=self.at)
        yield from self.write()

    def write(self, *, reason: str = "") -> Story:
        """Save what the open version says."""
        self.at += _A_BREATH
        yield self.at
        version = self._report.versions.get(sealed_at__isnull=True)
        reports.save_draft(
            report_id=self._report.pk,
            made_from=version.revision,
            draft=Draft(
                nothing_found=True,
                scope=self.firm.scope,
                coverage=self.coverage,
                remarks=self.dice.choice(material.REMARKS),
                correction_reason=reason,
            ),
            inspection_ids=list(version.listed.values_list("inspection_id", flat=True)),
            by=acting(self.company.clerk, self.at),
            at=self.at,
        )

    def send(self, day: dt.date) -> Story:
        """Put it on the principal's desk."""
        yield self.by_day(day)
        reports.send_for_signature(
            report_id=self._report.pk,
            by=acting(self.company.leader, self.at),
            at=self.at,
        )

    def send_back(self) -> Story:
        """Let the principal ask for more, and the team give it."""
        self.at += _A_BREATH
        yield self.at
        reports.return_to_team(
            report_id=self._report.pk,
            reason=self.dice.choice(material.TEAM_REASONS),
            by=acting(self.company.principal, self.at),
            at=self.at,
        )
        self.coverage = f"{self.firm.coverage}配电室及外协作业区域一并检查。"
        yield from self.write()
        yield from self.send(self._today)

    def sign(self, day: dt.date) -> Story:
        """Sign what is shown."""
        yield self.by_day(day)
        put_signature(self._report, self.company, self.proofs, at=self.at)

    def lodge_unsigned(self, day: dt.date) -> Story:
        """Let the team leader lodge what the principal has not signed."""
        yield self.by_day(day)
        by = acting(self.company.leader, self.at)
        shown = lodging.prepare(
            report_id=self._report.pk,
            reason=material.UNSIGNED_REASON,
            by=by,
            at=self.at,
        )
        lodging.lodge_unsigned(
            report_id=self._report.pk,
            shown=shown,
            reason=material.UNSIGNED_REASON,
            proof=self.proofs.prove(self.company.leader, at=self.at),
            by=by,
            at=self.at,
        )

    def take_up(self, day: dt.date, reviewer: Membership) -> Story:
        """Begin the review."""
        yield self.by_day(day)
        reviews.begin(
            report_id=self._report.pk, by=acting(reviewer, self.at), at=self.at
        )

    def accept(self, days: int, reviewer: Membership) -> Story:
        """Take the report in, so many days on."""
        yield self.days_later(days)
        reviews.accept(
            report_id=self._report.pk, by=acting(reviewer, self.at), at=self.at
        )

    def hand_back(self, at: dt.datetime, reviewer: Membership) -> Story:
        """Return the report with a reason, and a word beside a hazard's causes."""
        self.at = at
        yield at
        last = self._report.versions.latest("ordinal")
        numbers = last.stated.values_list("hazard__number", flat=True)[:1]
        beside = {
            f"hazards[{each}].causes": material.HAZARD_COMMENT for each in numbers
        }
        reviews.return_for_correction(
            report_id=self._report.pk,
            comments={"report": self.dice.choice(material.RETURN_REASONS), **beside},
            by=acting(reviewer, self.at),
            at=self.at,
        )

    def correct(self) -> Story:
        """Open the next version, write it, and sign again."""
        yield self.days_later(self.dice.randint(1, 4))
        reports.begin_correction(
            report_id=self._report.pk,
            by=acting(self.company.clerk, self.at),
            at=self.at,
        )
        self.coverage = f"{self.firm.coverage}未覆盖的条款及理由见检查清单附注。"
        yield from self.write(reason=self.dice.choice(material.CORRECTIONS))
        yield from self.send(self._today)
        yield from self.sign(moments.on_or_after(self._today + dt.timedelta(days=1)))

    @property
    def _report(self) -> SelfInspectionReport:
        assert self.report is not None  # noqa: S101  # a draft comes first
        return self.report

    @property
    def _today(self) -> dt.date:
        return self.at.astimezone(SHANGHAI).date()
