"""
A life of one enterprise for the property test: whatever people, their bureau and the
clock may do, in any order and at any instant, beside a plain account of it from which
the pure functions say how each duty must stand.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from accounts.models import Acting, Role
from accounts.permissions import RefusedError
from accounts.services import policies, sites
from hazards.models import (
    ClockFault,
    ComplianceFlag,
    FlagStatus,
    Obligation,
    ReportStatus,
    SelfInspection,
    SelfInspectionReport,
    Suspension,
    TeamKind,
    Waiver,
)
from hazards.queries.drift import differences
from hazards.rules import flags as flag_rules
from hazards.rules import obligations as rules
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import (
    inspections,
    lodging,
    obligations,
    papers,
    reports,
    reviews,
    scans,
    signing,
)
from tests.factories import make_acting, make_bureau
from tests.factories_reports import (
    UNSIGNED_BECAUSE,
    make_desks,
    make_draft,
    make_paper,
    make_scan,
    open_version,
    proof_of,
    save,
    shown_to,
)

MICROSECOND = dt.timedelta(microseconds=1)
BEGINS = dt.datetime(2026, 4, 16, tzinfo=SHANGHAI)
FIRST_QUARTER = Quarter(2025, 2)


@dataclass
class Listed:
    """A visit as a report that was received listed it."""

    quarter: Quarter
    received_at: dt.datetime
    visit: rules.ListedVisit
    took_part: bool


class Life:
    """One enterprise, its bureau and another, the instant it has come to."""

    def __init__(self) -> None:
        self.now = BEGINS
        self.desks = make_desks(assigned_on=BEGINS.date())
        self.other = make_bureau(covers=())
        self.officers = {
            self.desks.bureau.pk: (self.desks.reviewer, self.desks.head),
            self.other.pk: (
                make_acting(Role.REVIEWER, bureau=self.other),
                make_acting(Role.BUREAU_HEAD, bureau=self.other),
            ),
        }
        self.bureau = self.desks.bureau
        self.enterprise = self.desks.enterprise
        self.established_on = self.enterprise.established_on
        self.listed: list[Listed] = []
        self.suspensions: list[rules.Suspension] = []
        self.waivers: dict[Quarter, list[rules.Waiver]] = defaultdict(list)
        office_of = self.desks.principal.membership
        self.principals: list[tuple[dt.date, dt.date | None]] = [
            (office_of.starts_on, office_of.ends_on)
        ]
        self.principal: Acting | None = self.desks.principal
        self.dues: dict[int, dt.datetime] = {}
        self.settled: dict[int, str] = {}
        self.run(self.now)

    @property
    def today(self) -> dt.date:
        """The day it has come to."""
        return self.now.astimezone(SHANGHAI).date()

    def acting(self, who: Acting) -> Acting:
        """The person, today."""
        return replace(who, on=self.today)

    @contextmanager
    def _trying(self) -> Iterator[None]:
        """Whatever is refused leaves nothing behind."""
        try:
            with transaction.atomic():
                yield
        except RefusedError:
            pass

    # What people do.

    def visit(self, day: dt.date, *, internal: bool, took_part: bool) -> None:
        """Record a visit of a day."""
        with self._trying():
            inspections.record(
                visit=self._visit(day, internal=internal, took_part=took_part),
                by=self.acting(self.desks.clerk),
                at=self.now,
            )

    def amend(
        self, which: int, day: dt.date, *, internal: bool, took_part: bool
    ) -> None:
        """Say otherwise of a visit."""
        visits = list(SelfInspection.objects.order_by("id"))
        if not visits:
            return
        chosen = visits[which % len(visits)]
        with self._trying():
            inspections.amend(
                inspection_id=chosen.pk,
                made_from=chosen.revision,
                visit=self._visit(day, internal=internal, took_part=took_part),
                by=self.acting(self.desks.clerk),
                at=self.now,
            )

    def _visit(
        self, day: dt.date, *, internal: bool, took_part: bool
    ) -> inspections.Visit:
        return inspections.Visit(
            started_on=day,
            ended_on=day,
            team=TeamKind.INTERNAL if internal else TeamKind.EXTERNAL,
            site_ids=[self.desks.site.pk],
            member_ids=[
                self.desks.leader.membership.pk,
                self.desks.member.membership.pk,
            ],
            areas="熔炼",
            external_organisation="" if internal else "安科检测有限公司",
            principal_evidence="签到表" if took_part else "",
        )

    def file(self, quarter: Quarter, *, signed: bool) -> None:
        """Report the quarter as it is on record; correct what came back."""
        clerk = self.acting(self.desks.clerk)
        with self._trying():
            report = reports.start(quarter=quarter, by=clerk, at=self.now)
            again = report.status == ReportStatus.RETURNED
            if again:
                reports.begin_correction(report_id=report.pk, by=clerk, at=self.now)
                report.refresh_from_db()
            if report.status != ReportStatus.DRAFT:
                return
            self._prepare(report, quarter)
            if signed and self.principal is not None:
                self._sign(report, self.acting(self.principal))
            else:
                self._lodge(report)
            version = report.versions.latest("ordinal")
            self._note(version, quarter, self.now)

    def _prepare(self, report: SelfInspectionReport, quarter: Quarter) -> None:
        version = open_version(report)
        desks = replace(self.desks, clerk=self.acting(self.desks.clerk))
        held = SelfInspection.objects.held_in(quarter).values_list("pk", flat=True)
        reason = "补充" if version.ordinal > 1 else ""
        scope = f"全部车间，第{version.ordinal}次核对"
        draft = make_draft(scope=scope, reason=reason)
        save(report, desks, draft=draft, inspection_ids=list(held), at=self.now)
        if self.principal is not None:
            reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=self.now)

    def _sign(self, report: SelfInspectionReport, by: Acting) -> None:
        signing.sign_off(
            report_id=report.pk,
            shown=shown_to(by, report),
            proof=proof_of(by, at=self.now),
            by=by,
            at=self.now,
        )

    def _lodge(self, report: SelfInspectionReport) -> None:
        by = self.acting(self.desks.leader)
        words: dict[str, Any] = {"report_id": report.pk, "reason": UNSIGNED_BECAUSE}
        shown = lodging.prepare(**words, by=by, at=self.now)
        lodging.lodge_unsigned(
            **words, shown=shown, proof=proof_of(by, at=self.now), by=by, at=self.now
        )

    def paper(
        self, quarter: Quarter, *, days_ago: int, internal: bool, took_part: bool
    ) -> None:
        """The bureau enters what came on paper some days ago."""
        reviewer = self.acting(self.officers[self.bureau.pk][0])
        received = self.now - dt.timedelta(days=days_ago)
        held_on = min(received.astimezone(SHANGHAI).date(), quarter.ends_on)
        visit = papers.PaperVisit(
            started_on=held_on,
            ended_on=held_on,
            team=TeamKind.INTERNAL if internal else TeamKind.EXTERNAL,
            external_organisation="" if internal else "安科检测有限公司",
            people=["周工"],
            principal_took_part=took_part,
        )
        scan = make_scan(self.desks, of=str(quarter))
        with self._trying():
            seal = papers.enter_paper(
                enterprise=self.enterprise,
                paper=make_paper(
                    self.desks,
                    quarter=quarter,
                    received_at=received,
                    visits=[visit],
                    scan=scan,
                ),
                proof=proof_of(reviewer, at=self.now),
                by=reviewer,
                at=self.now,
            )
            self._note(seal.version, quarter, received)

    def _note(self, version: object, quarter: Quarter, at: dt.datetime) -> None:
        """Keep what the version lists, as the visits are now."""
        listed = version.listed.select_related("inspection__participation")  # type: ignore[attr-defined]
        for each in listed:
            visit = each.inspection
            self.listed.append(
                Listed(
                    quarter,
                    at,
                    rules.ListedVisit(
                        visit.started_on,
                        visit.ended_on,
                        visit.team == TeamKind.INTERNAL,
                    ),
                    hasattr(visit, "participation"),
                )
            )

    def give_back(self, which: int) -> None:
        """The bureau takes a received report up and returns it."""
        received = list(
            SelfInspectionReport.objects.filter(status=ReportStatus.RECEIVED)
        )
        if not received:
            return
        report = received[which % len(received)]
        reviewer = self.acting(self.officers[report.bureau_id][0])  # type: ignore[index]
        with self._trying():
            reviews.begin(report_id=report.pk, by=reviewer, at=self.now)
            reviews.return_for_correction(
                report_id=report.pk,
                comments={"report": "请补充。"},
                by=reviewer,
                at=self.now,
            )

    # What takes a duty away, or gives it back.

    def suspend(self, from_on: dt.date, days: int | None) -> None:
        """The enterprise declares that it stands still."""
        to_on = None if days is None else from_on + dt.timedelta(days=days)
        if any(
            stop.confirmed is not False
            and from_on <= (stop.to_on or dt.date.max)
            and stop.from_on <= (to_on or dt.date.max)
            for stop in self.suspensions
        ):
            # No day is declared twice.
            return
        Suspension.objects.create(
            enterprise=self.enterprise,
            from_on=from_on,
            to_on=to_on,
            reason="停产",
            evidence=make_scan(self.desks, of="停产报告"),
            declared_at=self.now,
            declared_by=self.desks.leader.membership,
        )
        self.suspensions.append(rules.Suspension(from_on, to_on, self.now))
        obligations.follow([self.enterprise.pk], at=self.now)

    def answer(self, which: int, *, confirmed: bool) -> None:
        """The bureau confirms or refuses it."""
        rows = list(Suspension.objects.filter(confirmed=None).order_by("id"))
        if not rows:
            return
        row = rows[which % len(rows)]
        row.confirmed, row.answer = confirmed, "已核实"
        row.answered_at, row.answered_by = self.now, self.desks.reviewer.membership
        row.save()
        place = list(Suspension.objects.order_by("id")).index(row)
        self.suspensions[place] = replace(self.suspensions[place], confirmed=confirmed)
        obligations.follow([self.enterprise.pk], at=self.now)

    def waive(self, which: int, days: int | None) -> None:
        """The bureau waives a quarter, for some days or for good."""
        rows = list(Obligation.objects.filter(kind="quarter").order_by("id"))
        row = rows[which % len(rows)]
        expires_on = None if days is None else self.today + dt.timedelta(days=days)
        Waiver.objects.create(
            obligation=row,
            reason="洪灾",
            expires_on=expires_on,
            granted_at=self.now,
            granted_by=self.desks.head.membership,
        )
        assert row.quarter is not None
        self.waivers[row.quarter].append(rules.Waiver(expires_on))
        obligations.follow([self.enterprise.pk], at=self.now)

    # What `accounts` knows.

    def found(self, day: dt.date) -> None:
        """Another founding date, written by hand."""
        self.established_on = day
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_enterprise SET established_on = %s", [day])
            # Noted for yesterday by the database's own clock, which is not this life's.
            cursor.execute(
                "UPDATE accounts_enterprisechange SET from_on = %s WHERE from_on = "
                "CURRENT_DATE - 1",
                [self.today],
            )

    def hand_over(self, in_days: int) -> None:
        """Another bureau receives from a day on."""
        target = self.other if self.bureau == self.desks.bureau else self.desks.bureau
        with self._trying():
            sites.hand_over(
                enterprise=self.enterprise,
                site=None,
                bureau=target,
                starts_on=self.today + dt.timedelta(days=in_days),
                reason="管辖调整",
                by=self.acting(self.officers[self.bureau.pk][0]),
                at=self.now,
            )
            if in_days == 0:
                self.bureau = target

    def principal_goes(self) -> None:
        """The principal leaves; for now nobody is."""
        if self.principal is None:
            return
        row = self.principal.membership
        row.ends_on = self.today
        row.end_recorded_at = self.now
        row.save()
        self.principals[-1] = (row.starts_on, row.ends_on)
        self.principal = None

    def principal_comes(self) -> None:
        """Another one takes office tomorrow's morning at the latest."""
        if self.principal is not None:
            return
        starts_on = max(
            self.today, (self.principals[-1][1] or self.today) + dt.timedelta(days=1)
        )
        if starts_on > self.today:
            return
        acting = make_acting(
            Role.PRINCIPAL, enterprise=self.enterprise, starts_on=starts_on
        )
        self.principals.append((starts_on, None))
        self.principal = acting

    def declare_day(self, day: dt.date, *, is_workday: bool) -> None:
        """The bureau declares a day off, or working."""
        with self._trying():
            policies.set_day(
                bureau=self.bureau,
                day=day,
                is_workday=is_workday,
                reason="通知",
                by=self.acting(self.officers[self.bureau.pk][1]),
                at=self.now,
            )

    def declare_policy(self, due_day: int, starts_on: dt.date) -> None:
        """The bureau asks for reports by another day of the month."""
        with self._trying():
            policies.set_policy(
                bureau=self.bureau,
                name="filing_due_day",
                value=str(due_day),
                starts_on=starts_on,
                reason="通知",
                by=self.acting(self.officers[self.bureau.pk][1]),
                at=self.now,
            )

    # The clock.

    def run(self, at: dt.datetime) -> None:
        """Let the clock run."""
        scans.scan(at=at)
        self._take_bureau()

    def _take_bureau(self) -> None:
        row = Obligation.objects.first()
        if row is not None:
            self.bureau = row.bureau

    # How everything must stand.

    def hold(self) -> None:
        """What is stored is what the pure functions say, but for what waits."""
        assert not ClockFault.objects.exists()
        found = differences([self.enterprise.pk], at=self.now)
        assert found == [], found
        for row in Obligation.objects.all():
            before = self.dues.get(row.pk)
            assert before is None or row.due_at >= before, "moved earlier"
            self.dues[row.pk] = row.due_at
            was = self.settled.get(row.pk, "not_due")
            assert was == "not_due" or row.state != "not_due", "taken back"
            self.settled[row.pk] = row.state

    def hold_after_a_run(self) -> None:
        """Nothing waits, and every row is the pure function of our own account."""
        self.hold()
        for row in Obligation.objects.order_by("id"):
            state, outlook = self._expected(row)
            assert (row.state, row.outlook) == (state, outlook), str(row)
            self._hold_flags(row)

    def _hold_flags(self, row: Obligation) -> None:
        over = row.quarter or Quarter(row.year, 4)
        inspected = row.quarter is not None and any(
            day in row.quarter
            for day in SelfInspection.objects.values_list("started_on", flat=True)
        )
        expected = flag_rules.standing(
            flag_rules.DutyFacts(
                is_year=row.quarter is None,
                is_over=over.ends_on < self.today,
                is_inspected=inspected,
                state=rules.ObligationState(row.state),
                outlook=rules.ObligationState(row.outlook),
            )
        )
        standing = ComplianceFlag.objects.filter(
            obligation=row, status=FlagStatus.STANDING
        )
        assert dict(standing.values_list("kind", "is_final")) == expected, str(row)
        for flag in ComplianceFlag.objects.filter(obligation=row):
            _told_in_order(flag)

    def _expected(self, row: Obligation) -> tuple[str, str]:
        # What came at this very instant is on record by now.
        seen = self.now + MICROSECOND
        if row.quarter is not None:
            quarter = self._quarter(row.quarter, row.due_at)
            outlook = rules.quarter_outlook(quarter, seen)
        else:
            year = rules.YearFacts(
                quarters=tuple(
                    self._quarter(quarter, row.due_at)
                    for quarter in Quarter.of_year(row.year)
                ),
                due_at=row.due_at,
                visits=tuple(
                    rules.YearVisit(each.received_at, self._took_part(each))
                    for each in self.listed
                    if each.visit.started_on.year == row.year
                ),
            )
            outlook = rules.year_outlook(year, seen)
        is_due = self.now > row.due_at
        return (outlook.value if is_due else "not_due"), outlook.value

    def _took_part(self, each: Listed) -> bool | None:
        if each.took_part:
            return True
        known = any(
            starts_on <= each.visit.ended_on
            and (ends_on is None or each.visit.started_on <= ends_on)
            for starts_on, ends_on in self.principals
        )
        return False if known else None

    def _quarter(self, quarter: Quarter, due_at: dt.datetime) -> rules.QuarterFacts:
        received: dict[dt.datetime, list[rules.ListedVisit]] = defaultdict(list)
        for each in self.listed:
            if each.quarter == quarter:
                received[each.received_at].append(each.visit)
        return rules.QuarterFacts(
            quarter=quarter,
            established_on=self.established_on,
            due_at=due_at,
            first_quarter=FIRST_QUARTER,
            suspensions=tuple(self.suspensions),
            waivers=tuple(self.waivers[quarter]),
            received=tuple(
                rules.ReceivedReport(at, tuple(visits))
                for at, visits in received.items()
            ),
        )


def _told_in_order(flag: ComplianceFlag) -> None:
    """Raised once and first; then cleared or waived, and standing again, in turn."""
    told = list(flag.events.order_by("id").values_list("change", flat=True))
    assert told[0] == "raised"
    assert told.count("raised") == 1
    stands = True
    for change in told[1:]:
        if change == "made_final":
            assert stands
        else:
            assert stands == (change != "stood_again"), told
            stands = change == "stood_again"
    assert stands == (flag.status == "standing")
