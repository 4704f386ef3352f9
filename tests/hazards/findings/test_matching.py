"""Whether a finding is on the enterprise's record: answers, and a second person."""

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Acting, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    CaseOutcome,
    Decision,
    Determination,
    Finding,
    FindingMatch,
    MatchSecond,
    MatchVerdict,
    Respondent,
)
from hazards.queries.candidates import candidates
from hazards.queries.matches import standing_match
from hazards.rules.likeness import Fit
from hazards.services import findings, general_hazards, matching
from hazards.services.findings import Assessment
from tests.factories import NOW, make_acting, make_membership
from tests.factories_found import (
    ARRIVAL,
    Visited,
    compare,
    make_finding,
    make_visited,
)
from tests.factories_lives import (
    begin_report,
    general_hazard,
    on_day_of,
    plan_for,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, enter_paper, make_desks, make_paper
from tests.hazards.office.walks import downgrade
from tests.hazards.services.test_papers import HAZARD as ON_PAPER

pytestmark = pytest.mark.django_db
LATER = ARRIVAL + dt.timedelta(hours=2)


def many(desks: Desks, number: int, *, begin: int = 1) -> None:
    """So many hazards, each reported at its own minute."""
    for each in range(begin, begin + number):
        reported_hazard(
            desks,
            at=NOW + dt.timedelta(minutes=each),
            clause="order-10-2023/4(1)",
            place=f"{each}号冲压机",
        )


def second(match: FindingMatch, by: Acting, *, agrees: bool = True) -> MatchSecond:
    return matching.second(
        match_id=match.pk, agrees=agrees, note="已核对全部记录。", by=by, at=LATER
    )


def decide(finding: Finding, desks: Desks) -> None:
    """A deciding officer has decided."""
    officer = make_acting(Role.DECIDING_OFFICER, bureau=desks.bureau)
    digest = hashlib.sha256(b"{}").hexdigest()
    outcomes = {
        f"{who}_outcome": CaseOutcome.REVIEW
        for who in ("enterprise", "principal", "team")
    }
    made = Determination.objects.create(
        number=f"RD-{finding.number}",
        finding=finding,
        at=LATER,
        by=officer.membership,
        content=b"{}",
        content_sha256=digest,
        facts_sha256=digest,
        rulebook="2026-01",
        rulebook_sha256=digest,
        decisive="undetermined",
        **outcomes,
    )
    Decision.objects.create(
        determination=made,
        respondent=Respondent.ENTERPRISE,
        outcome=CaseOutcome.NO_PENALTY,
        is_departure=False,
        at=LATER,
        by=officer.membership,
    )


class TestCandidates:
    def test_all_that_is_registered_the_likest_first(self, desks: Desks) -> None:
        other = reported_hazard(
            desks, at=NOW, clause="order-10-2023/4(1)", place="仓库"
        )
        same = reported_hazard(desks, at=NOW + dt.timedelta(minutes=1))
        begin_report(desks, at=NOW + dt.timedelta(minutes=2))
        reported_hazard(make_desks())
        finding = make_finding(make_visited(desks))

        found = candidates(finding)

        assert [each.hazard for each in found.all] == [same, other]
        best, last = found.all
        assert best.likeness.is_evident
        assert best.report_number == same.reports.get().number
        assert best.said.place == "2号熔炼炉炉前"
        assert last.likeness.clause is Fit.DIFFERS

    def test_what_was_registered_after_the_arrival_is_marked(
        self, desks: Desks
    ) -> None:
        late = reported_hazard(desks, at=ARRIVAL + dt.timedelta(minutes=30))
        finding = make_finding(make_visited(desks))

        (only,) = candidates(finding).all

        assert only.hazard == late
        assert not only.likeness.in_time
        assert only.said.place == "2号熔炼炉炉前"

    def test_what_came_on_paper_before_counts_though_it_was_entered_later(
        self, desks: Desks
    ) -> None:
        came, entered = ARRIVAL - dt.timedelta(days=1), ARRIVAL + dt.timedelta(hours=1)
        visited = make_visited(desks)
        paper = make_paper(desks, received_at=came, hazards=[ON_PAPER])
        enter_paper(desks, paper, at=entered)

        (only,) = candidates(make_finding(visited, at=entered)).all

        assert (only.hazard and only.hazard.registered_at, only.on_record_at) == (
            entered,
            came,
        )
        assert only.likeness.in_time

    def test_each_is_as_it_was_described_before_the_arrival(self, desks: Desks) -> None:
        hazard = reported_hazard(desks)
        visited = make_visited(desks)
        plan = plan_for(hazard, desks, at=LATER, place="成品库")
        send_and_sign(plan, desks, at=LATER)

        (only,) = candidates(make_finding(visited)).all

        assert only.said.place == "2号熔炼炉炉前"
        assert only.described_in == only.report_number != plan.number

    def test_a_hazard_graded_down_to_general_is_among_them(self, desks: Desks) -> None:
        general = planned_hazard(desks, at=NOW + dt.timedelta(days=1))
        downgrade(general, desks.clerk, at=NOW + dt.timedelta(days=2))

        (only,) = candidates(make_finding(make_visited(desks))).all

        assert only.is_graded_down

    def test_one_graded_general_from_the_beginning_is_among_them(
        self, desks: Desks
    ) -> None:
        reported_hazard(desks, clause="order-10-2023/4(1)", place="仓库")
        general = general_hazard(desks, place="2号熔炼炉炉前")
        general_hazard(make_desks())

        found = candidates(make_finding(make_visited(desks)))

        assert [each.general for each in found.all] == [general, None]
        best = found.all[0]
        assert (best.said.place, best.on_record_at) == (general.place, NOW)
        assert best.likeness.clause is Fit.UNSAID
        assert best.likeness.in_time

    def test_a_general_one_is_not_once_struck_out_or_graded_up_before_the_arrival(
        self, desks: Desks
    ) -> None:
        struck, raised, later = (general_hazard(desks) for _ in range(3))
        general_hazards.strike_out(
            hazard_id=struck.pk, because="重复记录。", by=desks.clerk, at=NOW
        )
        visited = make_visited(desks)
        for hazard, at in ((raised, NOW), (later, LATER)):
            general_hazards.grade_up(
                hazard_id=hazard.pk,
                clause="order-10-2023/3(1)",
                because="承包单位无协议。",
                by=on_day_of(desks.clerk, at),
                at=at,
            )

        found = candidates(make_finding(visited))

        assert [each.general for each in found.all if each.general] == [later]

    def test_questions_stay_the_same_however_many(self, desks: Desks) -> None:
        many(desks, 2)
        general_hazard(desks)
        finding = make_finding(make_visited(desks))
        finding = Finding.objects.select_related("spot_check").get(pk=finding.pk)
        with CaptureQueriesContext(connection) as few:
            candidates(finding)
        many(desks, 12, begin=3)
        general_hazard(desks)
        with CaptureQueriesContext(connection) as queries:
            found = candidates(finding)
        assert len(queries) == len(few) == 4
        assert (len(found.in_full), len(found.rest)) == (10, 6)


class TestAnswers:
    @pytest.mark.parametrize(
        ("answers", "verdict", "names"),
        [
            (("same", "different", "unclear"), "same", 0),
            (("different", "part", "unclear"), "part", 1),
            (("different", "part", "part"), "part", 1),
            (("different", "unclear", "different"), "unclear", None),
            (("different", "different", "different"), "different", None),
        ],
    )
    def test_the_verdict_follows_from_them(
        self, desks: Desks, answers: tuple[str, ...], verdict: str, names: int | None
    ) -> None:
        many(desks, 3)
        visited = make_visited(desks)
        finding = make_finding(visited)
        shown = candidates(finding).all

        match = compare(finding, visited, *answers)

        assert match.verdict == verdict
        assert match.hazard == (shown[names].hazard if names is not None else None)
        given = match.answers.order_by("rank").values_list("verdict", flat=True)
        assert tuple(given) == answers
        assert [each["hazard"] for each in match.considered] == [
            each.record.number for each in shown
        ]

    def test_one_that_was_graded_general_can_be_it(self, desks: Desks) -> None:
        general = general_hazard(desks, place="2号熔炼炉炉前")
        visited = make_visited(desks)
        finding = make_finding(visited)

        match = compare(finding, visited, "same")

        assert match.record == general
        assert match.answers.get().record == general
        assert match.considered[0]["graded"] == "general"
        assert standing_match(finding) == (MatchVerdict.SAME, general)

    def test_with_nothing_on_record_it_is_none(self, desks: Desks) -> None:
        visited = make_visited(desks)
        finding = make_finding(visited)
        assert compare(finding, visited).verdict == MatchVerdict.NONE

    def test_two_cannot_be_the_same(self, desks: Desks) -> None:
        many(desks, 2)
        visited = make_visited(desks)
        with pytest.raises(RefusedError, match="cannot both be the same"):
            compare(make_finding(visited), visited, "same", "same")

    def test_each_one_shown_in_full_is_answered_the_rest_is_different(
        self, desks: Desks
    ) -> None:
        many(desks, 12)
        visited = make_visited(desks)
        finding = make_finding(visited)
        with pytest.raises(RefusedError, match="Answer for each"):
            compare(finding, visited, *["different"] * 9)

        match = compare(finding, visited, *["different"] * 10)

        assert match.answers.filter(verdict="different").count() == 12
        assert [each["shown_in_full"] for each in match.considered] == [
            *[True] * 10,
            *[False] * 2,
        ]

    def test_one_of_the_rest_can_be_chosen(self, desks: Desks) -> None:
        many(desks, 12)
        visited = make_visited(desks)
        finding = make_finding(visited)

        match = compare(finding, visited, *["different"] * 11, "same")

        assert match.hazard == candidates(finding).all[-1].hazard

    def test_an_answer_about_another_enterprises_hazard_is_refused(
        self, desks: Desks
    ) -> None:
        visited, other = make_visited(desks), reported_hazard(make_desks())
        finding = make_finding(visited)
        for answer in ((other.public_id, "same", ""), (other.public_id, "none", "")):
            with pytest.raises(RefusedError, match="about no candidate"):
                matching.match(
                    finding_id=finding.pk,
                    answers=[answer],
                    note="核对。",
                    by=visited.officer,
                    at=LATER,
                )

    def test_what_came_on_record_meanwhile_is_looked_at_first(
        self, desks: Desks
    ) -> None:
        visited = make_visited(desks)
        finding = make_finding(visited)
        seen = candidates(finding).seen
        reported_hazard(desks, at=LATER)
        with pytest.raises(RefusedError, match="has changed since"):
            matching.match(
                finding_id=finding.pk,
                answers=[],
                note="核对。",
                by=visited.officer,
                at=LATER,
                seen=seen,
            )

    def test_needs_a_reason_and_an_officer(self, desks: Desks) -> None:
        visited = make_visited(desks)
        finding = make_finding(visited)
        with pytest.raises(RefusedError, match="Say why"):
            matching.match(
                finding_id=finding.pk,
                answers=[],
                note=" ",
                by=visited.officer,
                at=LATER,
            )
        with pytest.raises(NotPermittedError, match="officers of this spot check"):
            compare(finding, replace(visited, officer=desks.head))


class TestSentTwice:
    @pytest.mark.parametrize("agreed", [False, True])
    def test_it_is_one_comparison_and_a_word_on_it_stands(
        self, desks: Desks, *, agreed: bool
    ) -> None:
        visited = make_visited(desks)
        reported_hazard(desks)
        finding = make_finding(visited)
        match = compare(finding, visited, "different")
        if agreed:
            second(match, visited.colleague)

        assert compare(finding, visited, "different") == match
        assert FindingMatch.objects.count() == 1

    def test_with_other_words_or_by_another_it_is_a_new_one(self, desks: Desks) -> None:
        visited = make_visited(desks)
        reported_hazard(desks)
        finding = make_finding(visited)
        compare(finding, visited, "different")

        compare(finding, visited, "unclear")
        compare(finding, replace(visited, officer=visited.colleague), "unclear")
        assert FindingMatch.objects.count() == 3

    def test_once_the_record_has_moved_it_is_a_new_one(self, desks: Desks) -> None:
        visited = make_visited(desks)
        hazard = reported_hazard(desks)
        finding = make_finding(visited)
        first = compare(finding, visited, "different")
        send_and_sign(plan_for(hazard, desks, at=LATER), desks, at=LATER)

        assert compare(finding, visited, "different") != first


class TestSecondPerson:
    @pytest.fixture
    def visited(self, desks: Desks) -> Visited:
        return make_visited(desks)

    def test_until_agreed_nothing_stands(self, visited: Visited) -> None:
        finding = make_finding(visited)
        match = compare(finding, visited)
        assert standing_match(finding) is None

        second(match, visited.colleague)

        assert standing_match(finding) == (MatchVerdict.NONE, None)
        assert standing_match(finding, at=LATER) == (MatchVerdict.NONE, None)
        assert standing_match(finding, at=LATER - dt.timedelta(seconds=1)) is None

    def test_who_disagrees_leaves_it_undecided_until_made_anew(
        self, visited: Visited
    ) -> None:
        finding = make_finding(visited)
        second(compare(finding, visited), visited.desks.reviewer, agrees=False)
        assert standing_match(finding) is None

        second(compare(finding, visited), visited.desks.reviewer)
        assert standing_match(finding) is not None

    def test_a_hazard_named_stands_at_once_and_needs_no_second(
        self, visited: Visited
    ) -> None:
        hazard = reported_hazard(visited.desks)
        finding = make_finding(visited)
        match = compare(finding, visited, "same")

        assert standing_match(finding) == (MatchVerdict.SAME, hazard)
        with pytest.raises(NotPermittedError, match="No second word"):
            second(match, visited.colleague)

    def test_is_another_than_who_compared(self, visited: Visited) -> None:  # S11
        match = compare(make_finding(visited), visited)
        with pytest.raises(NotPermittedError, match="another person"):
            second(match, visited.officer)
        other_seat = make_acting(
            Role.REVIEWER, user=visited.officer.user, bureau=visited.desks.bureau
        )
        with pytest.raises(NotPermittedError, match="another person"):
            second(match, other_seat)
        with (
            pytest.raises(DatabaseError, match="seconded by another"),
            transaction.atomic(),
        ):
            MatchSecond.objects.create(
                match=match,
                agrees=True,
                note="同意。",
                at=LATER,
                by=other_seat.membership,
            )

    def test_is_of_the_bureau_and_never_was_of_the_enterprise(  # S11
        self, visited: Visited
    ) -> None:
        match = compare(make_finding(visited), visited)
        with pytest.raises(NotPermittedError, match="Another bureau"):
            second(match, make_desks().reviewer)
        with pytest.raises(NotPermittedError, match="Only these"):
            second(match, visited.desks.clerk)
        make_membership(
            Role.CLERK,
            user=visited.desks.reviewer.user,
            enterprise=visited.desks.enterprise,
            ends_on=dt.date(2021, 1, 1),
        )
        with pytest.raises(NotPermittedError, match="member of this enterprise"):
            second(match, visited.desks.reviewer)

    def test_is_said_once_of_the_latest_comparison_with_a_reason(
        self, visited: Visited
    ) -> None:
        finding = make_finding(visited)
        first = compare(finding, replace(visited, officer=visited.colleague))
        latest = compare(finding, visited)
        with pytest.raises(NotPermittedError, match="compared again"):
            second(first, visited.desks.reviewer)
        with pytest.raises(RefusedError, match="what you looked at"):
            matching.second(
                match_id=latest.pk,
                agrees=True,
                note="",
                by=visited.colleague,
                at=LATER,
            )
        second(latest, visited.colleague)
        with pytest.raises(NotPermittedError, match="on record already"):
            second(latest, visited.desks.head)


def test_once_decided_by_hand_it_stays_so(desks: Desks) -> None:
    visited = make_visited(desks)
    finding = make_finding(visited)
    match = compare(finding, visited)
    decide(finding, desks)

    with pytest.raises(NotPermittedError, match="decided by hand"):
        compare(finding, visited)
    with pytest.raises(NotPermittedError, match="decided by hand"):
        second(match, visited.colleague)
    with pytest.raises(NotPermittedError, match="decided by hand"):
        findings.assess(
            finding_id=finding.pk,
            assessment=Assessment(note="再看。"),
            by=visited.officer,
            at=LATER,
        )
