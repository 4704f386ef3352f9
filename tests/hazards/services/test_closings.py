"""A hazard closed by the enterprise, or put before the bureau's eyes."""

import datetime as dt
import uuid

import pytest

from accounts.models import Acting, Notice
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    HazardAct,
    HazardActKind,
    HazardExtension,
    HazardRecheck,
    HazardState,
    ListedLevel,
    MajorHazard,
    Stop,
)
from hazards.services import closings, extensions
from hazards.services.lives import Doing, Living
from tests.database.stages import stage
from tests.factories import NOW
from tests.factories_lives import (
    DUE_ON,
    accepted_hazard,
    confirm_acceptance,
    do,
    on_day_of,
    planned_hazard,
    record_acceptance,
)
from tests.factories_reports import Desks
from tests.hazards.services.traces import people, told

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)


@stage
def accepted(desks: Desks) -> MajorHazard:
    return accepted_hazard(desks)


def close(
    hazard: MajorHazard,
    by: Acting,
    *,
    text: str = "验收合格。",
    key: uuid.UUID | None = None,
) -> HazardAct:
    doing = Doing(text=text, key=key)
    act = closings.close(hazard_id=hazard.pk, doing=doing, by=by, at=LATER)
    hazard.refresh_from_db()
    return act


def apply(
    hazard: MajorHazard,
    by: Acting,
    *,
    text: str = "请求复查。",
    at: dt.datetime = LATER,
    key: uuid.UUID | None = None,
) -> HazardAct:
    act = closings.apply_for_recheck(
        hazard_id=hazard.pk,
        doing=Doing(text=text, key=key),
        by=on_day_of(by, at),
        at=at,
    )
    hazard.refresh_from_db()
    return act


def supervise(
    hazard: MajorHazard, desks: Desks, *, listed: str = "", stop: str = ""
) -> None:
    def put(life: Living) -> None:
        life.hazard.listed, life.hazard.stop_ordered = listed, stop
        life.hazard.is_ordered = not listed

    do(hazard, HazardActKind.ORDER, desks.reviewer, then=put)


class TestClosing:
    def test_ends_it_and_tells_everybody_concerned(
        self, desks: Desks, accepted: MajorHazard
    ) -> None:
        close(accepted, desks.leader)
        assert (accepted.state, accepted.closed_at) == (HazardState.CLOSED, LATER)
        assert told("hazard_closed") == people(
            desks.clerk, desks.principal, desks.reviewer, desks.colleague, desks.head
        )

    @pytest.mark.parametrize("listed", ["", ListedLevel.COUNTY])
    def test_is_the_bureaus_where_ordered_or_listed(
        self, desks: Desks, accepted: MajorHazard, listed: str
    ) -> None:
        supervise(accepted, desks, listed=listed)
        with pytest.raises(NotPermittedError, match="apply for its re-check"):
            close(accepted, desks.principal)

    def test_settles_more_time_that_nobody_answered(self, desks: Desks) -> None:
        hazard = planned_hazard(desks)
        extensions.ask(
            hazard_id=hazard.pk,
            doing=Doing(text="设备到货推迟。"),
            to_on=DUE_ON + dt.timedelta(days=1),
            interim_measures="停用。",
            by=desks.clerk,
            at=NOW,
        )
        recorded = record_acceptance(hazard, desks, at=LATER)
        confirm_acceptance(hazard, recorded, desks, at=LATER)
        act = close(hazard, desks.principal)
        row = HazardExtension.objects.get()
        assert (row.answered, row.approved) == (act, False)
        assert (hazard.due_on, hazard.extension_asked_at) == (DUE_ON, None)

    def test_waits_for_the_acceptance(self, desks: Desks) -> None:
        with pytest.raises(NotPermittedError, match="plan received"):
            close(planned_hazard(desks), desks.principal)

    def test_says_on_what_it_rests(self, desks: Desks, accepted: MajorHazard) -> None:
        with pytest.raises(RefusedError, match="closing rests"):
            close(accepted, desks.principal, text=" ")

    def test_is_not_the_clerks(self, desks: Desks, accepted: MajorHazard) -> None:
        with pytest.raises(NotPermittedError, match="Only these"):
            close(accepted, desks.clerk)

    def test_sent_twice_is_one(self, desks: Desks, accepted: MajorHazard) -> None:
        key = uuid.uuid4()
        first = close(accepted, desks.principal, key=key)
        assert close(accepted, desks.principal, key=key) == first

    def test_is_for_ever(self, desks: Desks, accepted: MajorHazard) -> None:
        close(accepted, desks.principal)
        with pytest.raises(NotPermittedError, match="“closed” now"):
            close(accepted, desks.principal)


class TestApplying:
    def test_waits_ten_days_and_tells_bureau_and_principal(
        self, desks: Desks, accepted: MajorHazard
    ) -> None:
        supervise(accepted, desks)
        act = apply(accepted, desks.clerk)
        row = HazardRecheck.objects.get()
        assert (row.asked, row.resumes, row.passed) == (act, False, None)
        assert row.due_on == accepted.recheck_due_on
        assert accepted.state == HazardState.AWAITING_RECHECK
        assert told("hazard_recheck_applied") == people(
            desks.principal, desks.reviewer, desks.colleague, desks.head
        )

    def test_is_the_application_to_resume_where_work_was_stopped(
        self, desks: Desks, accepted: MajorHazard
    ) -> None:
        supervise(accepted, desks, stop=Stop.PART)
        apply(accepted, desks.clerk)
        assert HazardRecheck.objects.get().resumes
        notice = Notice.objects.filter(kind="hazard_recheck_applied").first()
        assert notice is not None
        assert "resume" in notice.body or "复工" in notice.body

    @pytest.mark.parametrize(
        ("applied_at", "due_on"),
        [
            ("2026-07-31T23:59:59.999999+08:00", dt.date(2026, 8, 10)),
            ("2026-08-01T00:00:00+08:00", dt.date(2026, 8, 11)),
            ("2028-02-19T00:00:00+08:00", dt.date(2028, 2, 29)),
            ("2027-02-19T23:00:00+08:00", dt.date(2027, 3, 1)),
        ],
    )
    def test_counts_days_in_shanghai_over_the_ends_of_months(
        self,
        desks: Desks,
        accepted: MajorHazard,
        applied_at: str,
        due_on: dt.date,
    ) -> None:
        apply(
            accepted,
            desks.clerk,
            at=dt.datetime.fromisoformat(applied_at).astimezone(dt.UTC),
        )
        assert accepted.recheck_due_on == due_on

    def test_says_what_was_done(self, desks: Desks, accepted: MajorHazard) -> None:
        with pytest.raises(RefusedError, match="what was done"):
            apply(accepted, desks.clerk, text=" ")

    def test_waits_for_the_acceptance(self, desks: Desks) -> None:
        with pytest.raises(NotPermittedError, match="plan received"):
            apply(planned_hazard(desks), desks.clerk)

    def test_sent_twice_is_one(self, desks: Desks, accepted: MajorHazard) -> None:
        key = uuid.uuid4()
        assert apply(accepted, desks.clerk, key=key) == apply(
            accepted, desks.clerk, key=key
        )
        assert HazardRecheck.objects.count() == 1
