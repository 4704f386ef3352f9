"""Acceptance of a rectified hazard: recorded, confirmed or given back, once."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Acting, Notice
from accounts.permissions import NotPermittedError, RefusedError
from accounts.services.credentials import FreshProof
from hazards.models import (
    AcceptedBy,
    HazardAcceptance,
    HazardAct,
    HazardActKind,
    HazardState,
    ListedLevel,
    MajorHazard,
    Stop,
)
from hazards.services import acceptances
from hazards.services.lives import Doing, Living
from tests.database.stages import stage
from tests.factories import NOW
from tests.factories_lives import (
    accepted_hazard,
    confirm_acceptance,
    do,
    doing,
    planned_hazard,
    record_acceptance,
    reported_hazard,
)
from tests.factories_reports import Desks, proof_of
from tests.hazards.services.traces import people, told

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=1)


@stage
def planned(desks: Desks) -> MajorHazard:
    return planned_hazard(desks)


def record(hazard: MajorHazard, desks: Desks, **changes: Any) -> HazardAct:
    said = {
        "doing": doing(desks),
        "accepted_by": AcceptedBy.OWN,
        "people": "王工，注册安全工程师",
        "by": desks.clerk,
        **changes,
    }
    return acceptances.record(hazard_id=hazard.pk, at=NOW, **said)


def confirm(
    hazard: MajorHazard,
    recorded: HazardAct,
    by: Acting,
    *,
    proof: FreshProof | None = None,
    said: Doing | None = None,
) -> HazardAct:
    return acceptances.confirm(
        hazard_id=hazard.pk,
        recorded=recorded.key,
        proof=proof or proof_of(by, at=LATER),
        doing=said or Doing(text="已到现场查看。"),
        by=by,
        at=LATER,
    )


def give_back(
    hazard: MajorHazard, recorded: HazardAct, by: Acting, text: str = "警戒线未恢复。"
) -> HazardAct:
    return acceptances.give_back(
        hazard_id=hazard.pk,
        recorded=recorded.key,
        doing=Doing(text=text),
        by=by,
        at=LATER,
    )


def listed_and_stopped(
    hazard: MajorHazard, desks: Desks, *, listed: str = "", stop: str = ""
) -> None:
    def put(life: Living) -> None:
        life.hazard.listed, life.hazard.stop_ordered = listed, stop

    do(hazard, HazardActKind.ORDER, desks.reviewer, then=put)


class TestRecording:
    def test_waits_for_the_principal(self, desks: Desks, planned: MajorHazard) -> None:
        act = record(planned, desks)
        planned.refresh_from_db()
        row = HazardAcceptance.objects.get()
        assert (row.recorded, row.accepted_by, row.agency) == (act, "own", "")
        assert (row.confirmed, row.people) == (None, "王工，注册安全工程师")
        assert (planned.state, planned.accepted_at) == (HazardState.PLANNED, None)
        assert told("hazard_acceptance_recorded") == people(desks.principal)

    def test_before_the_plan_is_in_order(self, desks: Desks) -> None:
        hazard = reported_hazard(desks)
        recorded = record_acceptance(hazard, desks, at=LATER)
        confirm_acceptance(hazard, recorded, desks, at=LATER)
        hazard.refresh_from_db()
        assert hazard.state == HazardState.ACCEPTED

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"doing": Doing(text=" ")}, "with what result"),
            ({"people": " "}, "Name those who judged"),
            ({"doing": Doing(text="已消除。")}, "Add what shows it"),
            ({"accepted_by": AcceptedBy.AGENCY}, "Name the agency"),
            ({"agency": "某评价机构"}, "leave the agency's name empty"),
        ],
    )
    def test_is_refused_with_one_sentence(
        self, desks: Desks, planned: MajorHazard, changes: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(RefusedError, match=why):
            record(planned, desks, **changes)
        assert not HazardAcceptance.objects.exists()

    def test_of_what_is_listed_and_stopped_needs_an_agency(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        listed_and_stopped(planned, desks, listed=ListedLevel.CITY, stop=Stop.WHOLE)
        with pytest.raises(RefusedError, match=r"Order 16, art\. 18"):
            record(planned, desks)
        record(planned, desks, accepted_by=AcceptedBy.AGENCY, agency="某评价机构")
        assert HazardAcceptance.objects.get().agency == "某评价机构"

    @pytest.mark.parametrize(
        "stands", [{"listed": ListedLevel.CITY}, {"stop": Stop.PART}]
    )
    def test_of_what_is_only_listed_or_only_stopped_may_be_own(
        self, desks: Desks, planned: MajorHazard, stands: dict[str, str]
    ) -> None:
        listed_and_stopped(planned, desks, **stands)
        record(planned, desks)
        assert HazardAcceptance.objects.get().accepted_by == AcceptedBy.OWN

    def test_is_one_at_a_time(self, desks: Desks, planned: MajorHazard) -> None:
        record(planned, desks)
        with pytest.raises(NotPermittedError, match="waits for the principal"):
            record(planned, desks, by=desks.leader)

    def test_sent_twice_is_one(self, desks: Desks, planned: MajorHazard) -> None:
        said = doing(desks, key=uuid.uuid4())
        first = record(planned, desks, doing=said)
        assert record(planned, desks, doing=said) == first
        assert HazardAcceptance.objects.count() == 1

    def test_is_for_editors(self, desks: Desks, planned: MajorHazard) -> None:
        for by in (desks.member, desks.principal, desks.reviewer):
            with pytest.raises(NotPermittedError, match="Only these"):
                record(planned, desks, by=by)


class TestConfirming:
    def test_accepts_the_hazard_and_tells_team_and_bureau(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        recorded = record(planned, desks)
        act = confirm(planned, recorded, desks.principal)
        planned.refresh_from_db()
        row = HazardAcceptance.objects.get()
        assert (row.answered, row.confirmed) == (act, True)
        assert (planned.state, planned.accepted_at) == (HazardState.ACCEPTED, LATER)
        assert told("hazard_accepted") == people(
            desks.clerk, desks.leader, desks.reviewer, desks.colleague, desks.head
        )

    def test_needs_proof_of_this_moment_and_person(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        recorded = record(planned, desks)
        fresh = proof_of(desks.principal, at=LATER)
        for proof in (
            replace(fresh, at=NOW),
            replace(fresh, user_id=desks.clerk.user.pk),
        ):
            with pytest.raises(RefusedError, match="Prove again"):
                confirm(planned, recorded, desks.principal, proof=proof)
        planned.refresh_from_db()
        assert planned.state == HazardState.PLANNED

    def test_confirms_only_what_was_shown(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        first = record(planned, desks)
        give_back(planned, first, desks.principal)
        record(planned, desks)
        with pytest.raises(RefusedError, match="Another acceptance"):
            confirm(planned, first, desks.principal)

    def test_of_an_own_one_is_refused_once_it_is_listed_and_stopped(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        recorded = record(planned, desks)
        listed_and_stopped(planned, desks, listed=ListedLevel.CITY, stop=Stop.PART)
        with pytest.raises(RefusedError, match=r"Order 16, art\. 18"):
            confirm(planned, recorded, desks.principal)
        give_back(planned, recorded, desks.principal)

    def test_is_the_principals(self, desks: Desks, planned: MajorHazard) -> None:
        recorded = record(planned, desks)
        for by in (desks.clerk, desks.leader, desks.reviewer):
            with pytest.raises(NotPermittedError, match="Only these"):
                confirm(planned, recorded, by)

    def test_sent_twice_is_one(self, desks: Desks, planned: MajorHazard) -> None:
        recorded, said = (
            record(planned, desks),
            Doing(text="已查看。", key=uuid.uuid4()),
        )
        first = confirm(planned, recorded, desks.principal, said=said)
        assert confirm(planned, recorded, desks.principal, said=said) == first

    def test_of_nothing_is_refused(self, desks: Desks, planned: MajorHazard) -> None:
        recorded = record(planned, desks)
        give_back(planned, recorded, desks.principal)
        with pytest.raises(NotPermittedError, match="No acceptance waits"):
            confirm(planned, recorded, desks.principal)


class TestGivingBack:
    def test_leaves_the_hazard_and_tells_the_team_why(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        act = give_back(planned, record(planned, desks), desks.principal)
        planned.refresh_from_db()
        row = HazardAcceptance.objects.get()
        assert (row.answered, row.confirmed) == (act, False)
        assert (planned.state, planned.accepted_at) == (HazardState.PLANNED, None)
        assert told("hazard_acceptance_returned") == people(desks.clerk, desks.leader)
        notice = Notice.objects.filter(kind="hazard_acceptance_returned").first()
        assert notice is not None
        assert "警戒线未恢复。" in notice.body

    def test_needs_a_reason_and_the_one_shown(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        first = record(planned, desks)
        with pytest.raises(RefusedError, match="not done yet"):
            give_back(planned, first, desks.principal, text=" ")
        give_back(planned, first, desks.principal)
        record(planned, desks)
        with pytest.raises(RefusedError, match="Another acceptance"):
            give_back(planned, first, desks.principal)


def test_an_accepted_hazard_keeps_its_first_report_and_deadline(desks: Desks) -> None:
    hazard = accepted_hazard(desks)
    assert hazard.first_reported_at == NOW - dt.timedelta(minutes=1)
    assert hazard.due_on is not None
