"""Who decides on a finding, what a decision needs, and who hears of it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError

from accounts.models import Acting, Notice, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import CaseOutcome, Decision, Determination, Respondent
from hazards.permissions.cases import may_decide
from hazards.queries.case_warnings import SameAct, warnings_of
from hazards.services import decisions, determinations, matching
from hazards.services.decisions import Said
from tests.factories import acting, make_membership
from tests.factories_found import compare, make_finding
from tests.factories_reports import proof_of
from tests.hazards.cases.conftest import (
    ARRIVAL,
    HOUR,
    Case,
    assess,
    decider_of,
    reported_case,
)

pytestmark = pytest.mark.django_db
ARTICLE = "work-safety-law-2021/art-101"
REASON = "现场核实情况与记录不一致，依据现场照片和询问笔录。"


def decide(
    case: Case,
    made: Determination,
    outcome: CaseOutcome,
    *,
    by: Acting | None = None,
    at: dt.datetime | None = None,
    **said: Any,
) -> Decision:
    """The deciding officer decides for the enterprise unless told otherwise."""
    by, at = by or case.decider, at or case.at + HOUR
    return decisions.decide(
        determination_id=made.pk,
        said=Said(**{"respondent": Respondent.ENTERPRISE, "outcome": outcome, **said}),
        proof=proof_of(by, at=at),
        by=by,
        at=at,
    )


def penalise(case: Case, **changes: Any) -> Decision:
    """A case is opened by hand."""
    made = Determination.objects.filter(finding=case.finding).last()
    return decide(
        case,
        made or case.determined(),
        CaseOutcome.PENALTY,
        provisions=[ARTICLE],
        reason=REASON,
        **changes,
    )


class TestDecide:
    def test_keeps_each_respondent_apart(self, reported: Case) -> None:
        made = reported.determined()

        decide(reported, made, CaseOutcome.NO_PENALTY, reason=REASON)
        other = decide(
            reported,
            made,
            CaseOutcome.NONE,
            respondent=Respondent.PRINCIPAL,
            reason=REASON,
            at=reported.at + 2 * HOUR,
        )

        principal = reported.desks.principal.user.full_name
        assert other.respondent_name == principal
        assert Decision.objects.filter(determination=made).count() == 2

    def test_tells_the_team_and_the_principal(self, reported: Case) -> None:
        decide(reported, reported.determined(), CaseOutcome.NO_PENALTY, reason=REASON)

        told = Notice.objects.filter(kind="case_decided")
        people = {row.recipient_id for row in told}
        desks = reported.desks
        assert {desks.clerk.user.pk, desks.principal.user.pk} <= people
        assert REASON in told[0].body

    def test_needs_a_reason_to_depart(self, reported: Case) -> None:
        made = reported.determined()
        assert made.enterprise_outcome != CaseOutcome.PENALTY

        with pytest.raises(RefusedError, match="depart"):
            decide(reported, made, CaseOutcome.PENALTY, provisions=[ARTICLE])

    def test_needs_articles_for_a_penalty(self, reported: Case) -> None:
        with pytest.raises(RefusedError, match="articles"):
            decide(reported, reported.determined(), CaseOutcome.PENALTY, reason=REASON)

    def test_refuses_an_article_that_nobody_knows(self, reported: Case) -> None:
        with pytest.raises(RefusedError, match="in force"):
            decide(
                reported,
                reported.determined(),
                CaseOutcome.PENALTY,
                provisions=["order-16/art-99"],
                reason=REASON,
            )

    def test_does_not_leave_it_to_a_person_again(self, reported: Case) -> None:
        with pytest.raises(RefusedError, match="outcomes"):
            decide(reported, reported.determined(), CaseOutcome.REVIEW)

    def test_again_needs_a_reason_and_replaces(self, reported: Case) -> None:
        made = reported.determined()
        decide(reported, made, CaseOutcome.NO_PENALTY, reason=REASON)

        with pytest.raises(RefusedError, match=r"decided (before|again)|depart"):
            decide(reported, made, CaseOutcome.NONE, at=reported.at + 2 * HOUR)
        decide(
            reported, made, CaseOutcome.NONE, reason="复核", at=reported.at + 3 * HOUR
        )

        assert Decision.objects.filter(determination=made).last() is not None

    def test_takes_a_proof_of_its_own(self, reported: Case) -> None:
        made = reported.determined()
        decide(reported, made, CaseOutcome.NO_PENALTY, reason=REASON)

        with pytest.raises(RefusedError, match="Prove again"):
            decide(
                reported,
                made,
                CaseOutcome.NONE,
                respondent=Respondent.PRINCIPAL,
                reason=REASON,
            )

    def test_refuses_a_proposal_that_was_replaced(self, reported: Case) -> None:
        made = reported.determined()
        reported.determined(at=reported.at + HOUR / 2)

        with pytest.raises(RefusedError, match="newer proposal"):
            decide(reported, made, CaseOutcome.NO_PENALTY, reason=REASON)

    def test_refuses_what_was_said_of_since(self, reported: Case) -> None:
        made = reported.determined(at=ARRIVAL + HOUR / 2)

        with pytest.raises(RefusedError, match="determined again"):
            decide(reported, made, CaseOutcome.NO_PENALTY, reason=REASON)

    def test_stays_by_hand(self, reported: Case) -> None:
        decide(reported, reported.determined(), CaseOutcome.NO_PENALTY, reason=REASON)

        with pytest.raises(RefusedError, match="by hand"):
            reported.determined(at=reported.at + 2 * HOUR)

    def test_names_nobody_who_was_not_principal(self, reported: Case) -> None:
        seat = reported.desks.principal.membership
        seat.ends_on = ARRIVAL.date() - dt.timedelta(days=1)
        seat.end_recorded_at = ARRIVAL
        seat.save()

        with pytest.raises(RefusedError, match="Nobody was principal"):
            penalise(reported, respondent=Respondent.PRINCIPAL)


# S11
class TestWhoDecides:
    def test_is_a_deciding_officer_of_the_bureau(self, reported: Case) -> None:
        desks = reported.desks
        others = [
            reported.visited.officer,
            desks.head,
            desks.reviewer,
            desks.principal,
            desks.clerk,
            decider_of(reported_case().desks),
        ]

        assert may_decide(reported.decider, reported.finding)
        for other in others:
            assert not may_decide(other, reported.finding)

    @pytest.mark.parametrize("part", ["officer", "colleague"])
    def test_never_inspected(self, reported: Case, part: str) -> None:
        inspector: Acting = getattr(reported.visited, part)
        also = _also_decides(inspector, reported)

        with pytest.raises(NotPermittedError, match="another officer"):
            penalise(reported, by=also)

    def test_never_said_the_second_word(self, reported: Case) -> None:
        match = compare(
            reported.finding, reported.visited, "different", at=ARRIVAL + HOUR
        )
        matching.second(
            match_id=match.pk,
            agrees=True,
            note="同意。",
            by=reported.decider,
            at=ARRIVAL + HOUR,
        )

        with pytest.raises(NotPermittedError, match="another officer"):
            penalise(reported)

    def test_was_never_of_the_enterprise(self, reported: Case) -> None:
        make_membership(
            Role.CLERK,
            user=reported.decider.user,
            enterprise=reported.desks.enterprise,
            ends_on=dt.date(2021, 1, 1),
        )

        with pytest.raises(NotPermittedError, match="member of this enterprise"):
            penalise(reported)

    def test_is_watched_by_the_database(self, reported: Case) -> None:
        made = reported.determined()
        also = _also_decides(reported.visited.colleague, reported)

        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Decision.objects.create(
                determination=made,
                respondent=Respondent.ENTERPRISE,
                outcome=CaseOutcome.NONE,
                is_departure=False,
                at=reported.at,
                by=also.membership,
            )

    @pytest.mark.parametrize("what", ["UPDATE {} SET reason = ''", "DELETE FROM {}"])
    def test_cannot_change_what_was_decided(self, reported: Case, what: str) -> None:
        penalise(reported)

        with (
            pytest.raises((InternalError, ProgrammingError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(what.format(Decision._meta.db_table))


class TestWarnings:
    def test_of_one_act_penalised_twice(self, reported: Case) -> None:
        penalise(reported)
        second = make_finding(reported.visited)
        compare(second, reported.visited, "same", at=ARRIVAL + HOUR)
        assess(reported.visited, second)
        again = replace(reported, finding=second)

        (found,) = warnings_of(second, on=ARRIVAL.date()).decided_before
        with pytest.raises(RefusedError, match="same act"):
            penalise(again, at=again.at + 2 * HOUR)
        penalise(again, at=again.at + 3 * HOUR, acknowledged_two_fines=True)

        assert found.why == SameAct.HAZARD

    def test_count_what_was_decided_before(self, reported: Case) -> None:
        penalise(reported)
        other = make_finding(reported.visited)

        half_year, year = warnings_of(other, on=ARRIVAL.date()).counts
        later = warnings_of(other, on=ARRIVAL.date() + dt.timedelta(days=200)).counts

        assert (half_year.number, year.number) == (1, 1)
        assert (half_year.is_near, year.is_near) == (True, False)
        assert [count.number for count in later] == [0, 1]


def _also_decides(person: Acting, case: Case) -> Acting:
    seat = make_membership(
        Role.DECIDING_OFFICER, user=person.user, bureau=case.desks.bureau
    )
    return acting(seat, on=ARRIVAL.date())


def test_a_bureau_head_may_propose(reported: Case) -> None:
    made = determinations.determine(
        finding_id=reported.finding.pk, by=reported.desks.head, at=reported.at
    )

    assert made.by == reported.desks.head.membership
