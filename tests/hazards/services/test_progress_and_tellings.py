"""Progress of a rectification, and who was told of the hazard (双报告)."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Acting, Event
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    Audience,
    HazardAct,
    HazardActKind,
    HazardProgress,
    HazardState,
    HazardTelling,
    MajorHazard,
    Moment,
    Stop,
)
from hazards.services import progress, tellings
from hazards.services.lives import Doing, Evidence
from tests.database.stages import stage
from tests.factories import NOW, TODAY
from tests.factories_lives import (
    accepted_hazard,
    begin_report,
    doing,
    planned_hazard,
    reported_hazard,
)
from tests.factories_reports import Desks, make_desks, make_scan

pytestmark = pytest.mark.django_db


@stage
def planned(desks: Desks) -> MajorHazard:
    return planned_hazard(desks)


def go_on(hazard: MajorHazard, by: Acting, said: Doing, **more: object) -> HazardAct:
    return progress.record(hazard_id=hazard.pk, doing=said, by=by, at=NOW, **more)  # type: ignore[arg-type]


def tell(
    hazard: MajorHazard, by: Acting, said: Doing, audience: Audience = Audience.WORKERS
) -> HazardAct:
    return tellings.record(
        hazard_id=hazard.pk, doing=said, audience=audience, by=by, at=NOW
    )


class TestProgress:
    def test_keeps_words_photos_funds_and_stops(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        before, after = make_scan(desks, of="前"), make_scan(desks, of="后")
        act = go_on(
            planned,
            desks.member,
            Doing(
                text="更换阀门。",
                evidence=[
                    Evidence(before, Moment.BEFORE),
                    Evidence(after, Moment.AFTER),
                ],
            ),
            funds_spent=Decimal("1.5000"),
            stopped=Stop.PART,
        )
        planned.refresh_from_db()
        row = HazardProgress.objects.get()
        assert planned.state == HazardState.RECTIFYING
        assert (row.act, row.funds_spent, row.stopped) == (act, Decimal("1.5"), "part")
        assert [
            (file.attachment, file.moment) for file in act.files.order_by("id")
        ] == [(before, "before"), (after, "after")]
        event = Event.objects.about(planned).last()
        assert event is not None
        assert (event.action, event.note) == ("hazard-progress", "更换阀门。")

    def test_before_the_plan_waits_for_the_plan(self, desks: Desks) -> None:
        hazard = reported_hazard(desks)
        go_on(hazard, desks.clerk, Doing(text="先行停用。"))
        hazard.refresh_from_db()
        assert hazard.state == HazardState.REPORTED

    @pytest.mark.parametrize(
        ("said", "more", "why"),
        [
            (Doing(text="  "), {}, "Say in words"),
            (Doing(text="x"), {"funds_spent": Decimal("-0.01")}, "less than nothing"),
        ],
    )
    def test_is_refused_with_one_sentence(
        self,
        desks: Desks,
        planned: MajorHazard,
        said: Doing,
        more: dict[str, object],
        why: str,
    ) -> None:
        with pytest.raises(RefusedError, match=why):
            go_on(planned, desks.clerk, said, **more)
        assert not HazardProgress.objects.exists()

    def test_is_over_once_the_hazard_is_accepted(self, desks: Desks) -> None:
        hazard = accepted_hazard(desks)
        with pytest.raises(NotPermittedError, match="accepted by the enterprise"):
            go_on(hazard, desks.clerk, Doing(text="又做了一些。"))

    def test_of_others_is_not_theirs(self, desks: Desks, planned: MajorHazard) -> None:
        for by, why in (
            (desks.principal, "Only these"),
            (desks.reviewer, "Only these"),
            (make_desks().clerk, "another enterprise"),
        ):
            with pytest.raises(NotPermittedError, match=why):
                go_on(planned, by, Doing(text="更换阀门。"))

    def test_with_anothers_file_is_refused_whole(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        theirs = Evidence(make_scan(make_desks()))
        with pytest.raises(RefusedError, match="another enterprise's"):
            go_on(planned, desks.clerk, Doing(text="x", evidence=[theirs]))
        assert not HazardAct.objects.filter(kind=HazardActKind.PROGRESS).exists()

    def test_sent_twice_is_one(self, desks: Desks, planned: MajorHazard) -> None:
        said = doing(desks, key=uuid.uuid4())
        first = go_on(planned, desks.clerk, said)
        assert go_on(planned, desks.clerk, said) == first
        assert HazardProgress.objects.count() == 1

    def test_a_key_of_another_act_is_refused(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        said = doing(desks, key=uuid.uuid4(), on=TODAY)
        go_on(planned, desks.clerk, said)
        with pytest.raises(RefusedError, match="used already"):
            tell(planned, desks.clerk, said)


class TestTelling:
    @pytest.mark.parametrize("audience", list(Audience))
    def test_keeps_whom_when_how_and_its_evidence(
        self, desks: Desks, planned: MajorHazard, audience: Audience
    ) -> None:
        act = tell(planned, desks.member, doing(desks, "班前会", on=TODAY), audience)
        planned.refresh_from_db()
        row = HazardTelling.objects.get()
        assert (row.act, row.audience, act.on) == (act, audience, TODAY)
        assert act.files.count() == 1
        assert planned.state == HazardState.PLANNED

    def test_on_the_day_of_finding_is_in_order(self, desks: Desks) -> None:
        hazard = reported_hazard(desks, found_at=NOW - dt.timedelta(days=2))
        day = TODAY - dt.timedelta(days=2)
        assert tell(hazard, desks.clerk, doing(desks, on=day)).on == day

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"text": " "}, "Say how"),
            ({"evidence": ()}, "Add the evidence"),
            ({"on": None}, "on which day"),
            ({"on": TODAY + dt.timedelta(days=1)}, "has not come yet"),
            ({"on": TODAY - dt.timedelta(days=3)}, "cannot have been told earlier"),
        ],
    )
    def test_is_refused_with_one_sentence(
        self, desks: Desks, changes: dict[str, Any], why: str
    ) -> None:
        hazard = reported_hazard(desks, found_at=NOW - dt.timedelta(days=2))
        said = doing(desks, **{"on": TODAY, **changes})
        with pytest.raises(RefusedError, match=why):
            tell(hazard, desks.clerk, said)
        assert not HazardTelling.objects.exists()

    def test_sent_twice_is_one(self, desks: Desks, planned: MajorHazard) -> None:
        said = doing(desks, on=TODAY, key=uuid.uuid4())
        assert tell(planned, desks.clerk, said) == tell(planned, desks.clerk, said)
        assert HazardTelling.objects.count() == 1

    def test_waits_for_the_registration(self, desks: Desks) -> None:
        hazard = begin_report(desks).hazard
        assert hazard is not None
        with pytest.raises(NotPermittedError, match="not reported yet"):
            tell(hazard, desks.clerk, doing(desks, on=TODAY))
