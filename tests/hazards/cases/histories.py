"""
A life of an enterprise with its hazards, whatever becomes of them, for the property
test of determinations: everything is written through the services.
"""

import datetime as dt
import json
from dataclasses import replace
from html import escape

from django.test import Client
from django.urls import reverse

from accounts.models import Role
from accounts.services import policies
from hazards.models import (
    ABSENT,
    AcceptedBy,
    CheckKind,
    Determination,
    Finding,
    HazardAcceptance,
    HazardExtension,
    MajorHazard,
    Obligation,
    ObligationKind,
    ReportStatus,
    SelfInspectionReport,
)
from hazards.queries.determination_facts import facts_of
from hazards.queries.redetermination import redetermine
from hazards.queries.workdays import ChineseCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.facts_files import plain, read, toml
from hazards.services import (
    acceptances,
    closings,
    determinations,
    extensions,
    findings,
    general_hazards,
    matching,
    progress,
    reviews,
)
from hazards.services.findings import Assessment
from hazards.services.lives import Doing
from tests.factories import make_acting, signed_in
from tests.factories_found import compare, make_finding, make_visited
from tests.factories_lives import (
    begin_report,
    doing,
    general_hazard,
    plan_for,
    record_acceptance,
    send_and_sign,
)
from tests.factories_reports import Desks, lodge, proof_of
from tests.hazards.clock.histories import MICROSECOND, Life
from tests.hazards.office.walks import downgrade

HOUR = dt.timedelta(hours=1)


class CaseLife(Life):
    """The life of the clock's tests, and what becomes of hazards in it."""

    def __init__(self) -> None:
        super().__init__()
        self.decider = make_acting(Role.DECIDING_OFFICER, bureau=self.desks.bureau)

    @property
    def seats(self) -> Desks:
        """Who sits where today."""
        desks = self.desks
        return replace(
            desks,
            clerk=self.acting(desks.clerk),
            leader=self.acting(desks.leader),
            principal=self.acting(self.principal or desks.principal),
        )

    def _hazard(self, which: int) -> MajorHazard | None:
        rows = list(MajorHazard.objects.order_by("id"))
        return rows[which % len(rows)] if rows else None

    def _next_moment(self) -> dt.datetime:
        # One signature a moment: a proof signs one report.
        self.now += dt.timedelta(seconds=1)
        return self.now

    def find(self, *, hours_ago: int, signed: bool, sent: bool) -> None:
        """A hazard is found, put on record, and maybe reported."""
        with self._trying():
            seats = self.seats
            report = begin_report(
                seats, at=self.now, found_at=self.now - hours_ago * HOUR
            )
            if sent:
                self._send(report, seats, signed=signed)

    def _send(
        self, report: SelfInspectionReport, seats: Desks, *, signed: bool
    ) -> None:
        at = self._next_moment()
        if signed and self.principal is not None:
            send_and_sign(report, seats, at=at)
        else:
            lodge(report, seats, at=at)

    def grade_general(self, *, struck_out: bool) -> None:
        """A hazard is put on record as general, and maybe struck out again."""
        with self._trying():
            general = general_hazard(self.seats, at=self.now, place="2号熔炼炉炉前")
            if struck_out:
                self.now += HOUR
                general_hazards.strike_out(
                    hazard_id=general.pk,
                    because="重复记录。",
                    by=self.seats.clerk,
                    at=self.now,
                )

    def plan(self, which: int, *, days: int) -> None:
        """A complete plan comes: no other is taken."""
        hazard = self._hazard(which)
        if hazard is None:
            return
        due_on = self.today + dt.timedelta(days=days)
        with self._trying():
            seats = self.seats
            report = plan_for(hazard, seats, at=self.now, due_on=due_on)
            self._send(report, seats, signed=True)

    def advance(self, which: int) -> None:
        """Progress on a hazard."""
        hazard = self._hazard(which)
        if hazard is not None:
            with self._trying():
                progress.record(
                    hazard_id=hazard.pk,
                    doing=doing(self.desks),
                    by=self.seats.clerk,
                    at=self.now,
                )

    def ask(self, which: int, *, days: int) -> None:
        """More time is asked for."""
        hazard = self._hazard(which)
        if hazard is not None:
            with self._trying():
                extensions.ask(
                    hazard_id=hazard.pk,
                    doing=Doing(text="设备到货推迟。"),
                    to_on=(hazard.due_on or self.today) + dt.timedelta(days=days),
                    interim_measures="停用并设专人看守。",
                    by=self.seats.clerk,
                    at=self.now,
                )

    def answer_extension(self, *, approved: bool) -> None:
        """The principal answers who asked for more time."""
        asked = HazardExtension.objects.filter(answered=None).first()
        if asked is not None:
            with self._trying():
                extensions.answer(
                    hazard_id=asked.asked.hazard_id,
                    asked=asked.asked.key,
                    approved=approved,
                    doing=Doing(text="情况属实。"),
                    by=self.seats.principal,
                    at=self.now,
                )

    def accept(self, which: int) -> None:
        """The enterprise says that a hazard is eliminated, the principal confirms."""
        hazard = self._hazard(which)
        if hazard is None:
            return
        with self._trying():
            act = record_acceptance(hazard, self.seats, at=self.now)
            assert HazardAcceptance.objects.get(pk=act.pk).accepted_by == AcceptedBy.OWN
            at, by = self._next_moment(), self.seats.principal
            acceptances.confirm(
                hazard_id=hazard.pk,
                recorded=act.key,
                proof=proof_of(by, at=at),
                doing=Doing(text="已到现场查看。"),
                by=by,
                at=at,
            )

    def close(self, which: int) -> None:
        """The enterprise closes what it accepted."""
        hazard = self._hazard(which)
        if hazard is not None:
            with self._trying():
                closings.close(
                    hazard_id=hazard.pk,
                    doing=Doing(text="销号。"),
                    by=self.seats.principal,
                    at=self.now,
                )

    def grade_down(self, which: int) -> None:
        """A hazard is graded down to general."""
        hazard = self._hazard(which)
        if hazard is not None:
            with self._trying():
                downgrade(hazard, self.desks.leader, at=self.now)

    def accept_report(self, which: int) -> None:
        """The bureau takes a received report in."""
        received = list(
            SelfInspectionReport.objects.filter(status=ReportStatus.RECEIVED)
        )
        if received:
            report = received[which % len(received)]
            reviewer = self.acting(self.officers[report.bureau_id][0])  # type: ignore[index]
            with self._trying():
                reviews.begin(report_id=report.pk, by=reviewer, at=self.now)
                reviews.accept(report_id=report.pk, by=reviewer, at=self.now)

    def choose(self, name: str, value: str) -> None:
        """The bureau reads the law its own way from today on."""
        with self._trying():
            policies.set_policy(
                bureau=self.bureau,
                name=name,
                value=value,
                starts_on=self.today,
                reason="通知",
                by=self.acting(self.officers[self.bureau.pk][1]),
                at=self.now,
            )

    # The check.

    def check(
        self,
        kind: CheckKind,
        verdict: str,
        *,
        seconded: bool,
        effective: bool | None,
        existed: bool | None,
    ) -> Determination | None:
        """Officers come, find a hazard, compare and judge; the rulebook proposes."""
        self.now += HOUR
        self.run(self.now)
        with self._trying():
            visited = make_visited(self.desks, kind=kind, at=self.now)
            arrival, self.now = self.now, self.now + 3 * HOUR
            finding = make_finding(visited, at=arrival + HOUR)
            at = arrival + 2 * HOUR
            answers = (verdict, *["different"] * 99)
            match = compare(finding, visited, *answers, at=at)
            if seconded and match.verdict in ABSENT:
                matching.second(
                    match_id=match.pk,
                    agrees=True,
                    note="同意。",
                    by=self.acting(visited.colleague),
                    at=at,
                )
            findings.assess(
                finding_id=finding.pk,
                assessment=Assessment("现场核实。", effective, existed),
                by=self.acting(visited.officer),
                at=at,
            )
            made = determinations.determine(
                finding_id=finding.pk, by=self.acting(visited.officer), at=self.now
            )
            self.hold_case(finding, made, arrival=arrival)
            return made
        return None

    def hold_case(
        self, finding: Finding, made: Determination, *, arrival: dt.datetime
    ) -> None:
        """File, database and page say the same; so does the clock of what is owed."""
        facts = facts_of(finding, at=self.now)
        as_toml = read(toml(facts).encode(), name="x", is_json=False)
        as_json = read(json.dumps(plain(facts)).encode(), name="x", is_json=True)
        assert as_toml == as_json == facts
        said = determine(as_toml, ChineseCalendar()).plain()
        kept = json.loads(bytes(made.content))
        assert kept["result"] == said
        self._hold_page(finding, made, said)
        assert [one.fault for one in redetermine([made.number])] == [""]
        if facts.policy.get("cutoff", "arrival") == "arrival":
            self._hold_flags_of_case(facts, said["flags"], arrival)

    def _hold_page(
        self, finding: Finding, made: Determination, said: dict[str, object]
    ) -> None:
        client: Client = signed_in(self.decider)
        shown = client.get(reverse("finding", args=[finding.public_id]))
        text = shown.content.decode()
        assert made.number in text
        answers = said["answers"]
        assert isinstance(answers, list)
        for answer in answers:
            assert escape(answer["because_en"]) in text, answer
        for name in ("enterprise", "principal", "team"):
            outcome = said[name]
            assert isinstance(outcome, dict)
            assert getattr(made, f"{name}_outcome") == outcome["outcome"]

    def _hold_flags_of_case(self, facts: Facts, flags: object, at: dt.datetime) -> None:
        assert facts.finding.arrival_at == at
        due = Obligation.objects.filter(due_at__lt=at - MICROSECOND)
        quarters = due.filter(kind=ObligationKind.QUARTER).order_by(
            "-year", "-quarter_number"
        )
        years = due.filter(kind=ObligationKind.PARTICIPATION).order_by("-year")
        expected = []
        if "missing" in [row.state for row in quarters[:4]]:
            expected.append("missing_quarter")
        if "missing" in [row.state for row in years[:1]]:
            expected.append("principal_absent")
        assert flags == expected
