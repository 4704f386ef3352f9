"""Pages of duties and flags: the same story for both sides, in words of suspicion."""

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Role
from hazards.models import ComplianceFlag, Obligation, ReportStatus
from hazards.services import clock, openings, registrations, unreachable, unreported
from tests.database.stages import stage
from tests.factories import (
    NOW,
    make_acting,
    make_enterprise,
    queries_of,
    signed_in,
)
from tests.factories_reports import Desks, make_desks, make_hazard, make_report
from tests.hazards.clock.conftest import of_quarter, of_year, run, shanghai
from tests.hazards.clock.test_relief import answer, correct, declare, waive
from tests.hazards.views import walking

pytestmark = pytest.mark.django_db

CHINESE = {"accept-language": "zh-hans"}


@stage
def opened(db: None) -> Desks:
    """The second quarter of 2026 and the year are owed, and nothing from before."""
    desks = make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-04-16 00:00"))
    return desks


def words(response: Any) -> str:
    """What a page says; the mark-up of a time leaves no space before a full stop."""
    return re.sub(r" (?=[.,])", "", walking.words(response))


def story(desks: Desks, row: Obligation, *, by: str = "clerk") -> str:
    client = signed_in(getattr(desks, by))
    return words(client.get(reverse("obligation", args=[row.public_id])))


def flag_of(desks: Desks, kind: str) -> ComplianceFlag:
    return ComplianceFlag.objects.get(enterprise=desks.enterprise, kind=kind)


def told_of(desks: Desks, kind: str, *, by: str = "clerk") -> str:
    client = signed_in(getattr(desks, by))
    return words(client.get(reverse("flag", args=[flag_of(desks, kind).public_id])))


class TestTheStoryOfADuty:
    @pytest.mark.parametrize("by", ["clerk", "principal", "reviewer", "head"])
    def test_says_when_it_is_due_and_why_then(self, opened: Desks, by: str) -> None:
        said = story(opened, of_quarter(opened), by=by)
        assert "Due by the end of 15 Jul 2026 23:59." in said
        assert "The bureau's policy names 15 Jul 2026." in said
        assert "If nothing more comes by the due instant" in said
        assert "suspected missing, to be verified" in said

    def test_says_that_days_off_moved_it_and_that_it_is_provisional(
        self, opened: Desks
    ) -> None:
        Obligation.objects.filter(pk=of_quarter(opened).pk).update(
            due_at=shanghai("2026-07-16 23:59"), due_is_provisional=True
        )
        row = of_quarter(opened)
        row.due_changes.create(
            from_at=shanghai("2026-07-15 23:59"),
            to_at=row.due_at,
            cause="day",
            at=shanghai("2026-05-04 09:00"),
        )
        said = story(opened, row)
        assert "That is a day off, so the next working day counts." in said
        assert "The day is provisional" in said
        assert (
            "Moved later from 15 Jul 2026 23:59 to 16 Jul 2026 23:59, on 4 May 2026"
            in said
        )

    @pytest.mark.parametrize("by", ["clerk", "reviewer"])
    def test_lists_what_was_received(self, opened: Desks, by: str) -> None:
        report = make_report(
            opened, status=ReportStatus.RECEIVED, at=shanghai("2026-07-16 10:00")
        )
        said = story(opened, of_quarter(opened), by=by)
        assert report.number in said
        assert "after the due day" in said
        assert "Version 1" in story(opened, of_year(opened), by=by)

    def test_hides_the_draft_from_the_bureau(self, opened: Desks) -> None:
        report = make_report(opened)
        assert report.number in story(opened, of_quarter(opened))
        assert report.number not in story(opened, of_quarter(opened), by="reviewer")

    @pytest.mark.parametrize("by", ["clerk", "reviewer"])
    def test_lists_waivers_stops_reminders_and_flags(
        self, opened: Desks, by: str
    ) -> None:
        run(shanghai("2026-07-17 09:00"))
        declare(opened, from_on=dt.date(2026, 6, 1))
        waive(opened, expires_on=dt.date(2999, 7, 20), at=shanghai("2026-07-18 09:00"))
        said = story(opened, of_quarter(opened), by=by)
        assert "同意本季度免报。" in said
        assert "valid until 20 Jul 2999" in said
        assert "since 1 Jun 2026, still running" in said
        assert "does not cover every day" in said
        assert "Reminder after the due day" in said
        assert "waived by the bureau" in said
        assert "Not asked for: the bureau waived it." in said

    def test_says_that_it_was_founded_later(self, opened: Desks) -> None:
        correct(opened, dt.date(2026, 4, 2))
        said = story(opened, of_quarter(opened))
        assert "founded after the quarter had begun" in said

    def test_offers_the_waiver_to_who_may_grant_it(self, opened: Desks) -> None:
        row = of_quarter(opened)
        assert "Waive this quarter" in story(opened, row, by="reviewer")
        assert "Waive this quarter" not in story(opened, row)
        assert "Waive this quarter" not in story(opened, of_year(opened), by="reviewer")

    def test_asks_the_same_questions_for_much_and_for_little(
        self, opened: Desks
    ) -> None:
        client = signed_in(opened.reviewer)
        url = reverse("obligation", args=[of_quarter(opened).public_id])
        few = queries_of(client, url)
        run(shanghai("2026-07-17 09:00"))
        make_report(
            opened, status=ReportStatus.ACCEPTED, at=shanghai("2026-07-18 10:00")
        )
        answer(opened, declare(opened, from_on=dt.date(2026, 6, 1)))
        assert queries_of(client, url) <= few + 3


class TestAFlag:
    def test_says_what_is_suspected_and_never_that_it_is_so(
        self, opened: Desks
    ) -> None:
        run(shanghai("2026-07-16 09:00"))
        said = told_of(opened, "missing_quarter")
        assert "Suspected of not being inspected or reported; to be verified." in said
        assert "(应急〔2025〕11号) item 10" in said
        assert "Due instant 15 Jul 2026 23:59" in said
        assert "No report of this quarter was on record" in said
        assert "Raised 16 Jul 2026" in said
        assert "for 4 quarters: until the due day of 2027 Q2 is over" in said

    def test_is_called_no_violation_in_chinese_either(self, opened: Desks) -> None:
        run(shanghai("2027-01-20 09:00"))
        client = signed_in(opened.clerk)
        for flag in ComplianceFlag.objects.filter(enterprise=opened.enterprise):
            url = reverse("flag", args=[flag.public_id])
            page = words(client.get(url, headers=CHINESE))
            assert "违法" not in page
            assert "违规" not in page

    def test_shows_how_it_was_cleared(self, opened: Desks) -> None:
        run(shanghai("2026-07-16 09:00"))
        make_report(
            opened, status=ReportStatus.RECEIVED, at=shanghai("2026-07-20 10:00")
        )
        said = told_of(opened, "missing_quarter", by="reviewer")
        assert "Cleared 20 Jul 2026" in said
        assert "a report received late fulfils the duty" in said

    def test_shows_until_when_it_is_waived(self, opened: Desks) -> None:
        run(shanghai("2026-07-16 09:00"))
        waive(opened, expires_on=dt.date(2026, 8, 31), at=shanghai("2026-07-20 10:00"))
        assert "valid until 31 Aug 2026" in told_of(opened, "missing_quarter")

    def test_of_the_principal_s_year_is_provisional_then_final(
        self, opened: Desks
    ) -> None:
        run(shanghai("2027-01-01 09:00"))
        said = told_of(opened, "principal_absent")
        assert "suspected, provisional" in said
        assert "Provisional: the year is judged" in said
        run(shanghai("2027-01-20 09:00"))
        said = told_of(opened, "principal_absent")
        assert "suspected, to be verified" in said
        assert "Provisional: the year" not in said
        assert "Made final, as the due day is over" in said

    def test_of_a_quarter_without_an_inspection_never_counts(
        self, opened: Desks
    ) -> None:
        run(shanghai("2026-07-01 09:00"))
        assert "It never counts in a finding." in told_of(
            opened, "quarter_not_inspected"
        )

    def test_of_a_hazard_names_it_and_its_hours(self, opened: Desks) -> None:
        report = make_report(opened, status=ReportStatus.DRAFT)
        hazard = make_hazard(report, opened).hazard
        registrations.register(
            report_id=report.pk, hazard_id=hazard.pk, by=opened.clerk, at=NOW
        )
        unreported.raise_flags(at=shanghai("2026-07-20 10:00"))
        said = told_of(opened, "hazard_unreported", by="reviewer")
        assert hazard.number in said
        assert "the bureau's policy allows 24 hours" in said
        assert report.number in told_of(opened, "hazard_unreported")
        assert report.number not in said

    def test_of_nobody_reachable_says_what_to_do(self, opened: Desks) -> None:
        unreachable.raise_flags([opened.enterprise.pk], at=shanghai("2026-07-01 09:00"))
        assert "enter it on their profile page" in told_of(opened, "nobody_reachable")


class TestTheListOfFlags:
    def test_shows_first_what_stands(self, opened: Desks) -> None:
        run(shanghai("2026-07-16 09:00"))
        waive(opened, at=shanghai("2026-07-20 10:00"))
        run(shanghai("2026-10-16 09:00"))
        url = reverse("enterprise-flags", args=[opened.enterprise.public_id])
        said = words(signed_in(opened.reviewer).get(url))
        assert said.index("· 2026 Q3") < said.index("· 2026 Q2")

    def test_goes_on_by_pages_and_asks_the_same(self) -> None:
        desks = make_desks()
        openings.open_periods(at=shanghai("2034-07-16 09:00"))
        clock.move_due(at=shanghai("2034-07-16 09:00"))
        client = signed_in(desks.clerk)
        url = reverse("enterprise-flags", args=[desks.enterprise.public_id])
        first = client.get(url)
        page = first.context["page"]
        assert page.next_after
        second = client.get(url, {"after": page.next_after}).context["page"]
        shown = [row.pk for row in [*page.rows, *second.rows]]
        every = ComplianceFlag.objects.filter(enterprise=desks.enterprise)
        assert len(shown) == len(set(shown)) == min(every.count(), 50)
        few = make_desks()
        openings.open_for([few.enterprise.pk], at=shanghai("2034-07-16 09:00"))
        other = reverse("enterprise-flags", args=[few.enterprise.public_id])
        assert queries_of(signed_in(few.clerk), other) == queries_of(client, url)

    def test_is_empty_in_words(self) -> None:
        desks = make_desks()
        url = reverse("enterprise-flags", args=[desks.enterprise.public_id])
        assert "Nothing was noticed" in words(signed_in(desks.clerk).get(url))

    def test_of_another_enterprise_is_out_of_sight(self, opened: Desks) -> None:
        other = make_acting(Role.CLERK, enterprise=make_enterprise())
        url = reverse("enterprise-flags", args=[opened.enterprise.public_id])
        assert signed_in(other).get(url).status_code == 404
