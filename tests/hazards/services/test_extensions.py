"""More time for a hazard: asked for in time, answered by who must, once."""

import datetime as dt
import uuid
from typing import Any

import pytest

from accounts.models import Acting
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    HazardAct,
    HazardActKind,
    HazardExtension,
    ListedLevel,
    MajorHazard,
)
from hazards.services import extensions
from hazards.services.lives import Doing, Living
from tests.database.stages import stage
from tests.factories import NOW, SHANGHAI
from tests.factories_lives import (
    DUE_ON,
    do,
    on_day_of,
    planned_hazard,
    reported_hazard,
)
from tests.factories_reports import Desks
from tests.hazards.services.traces import people, told

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TO_ON = DUE_ON + 30 * DAY


@stage
def planned(desks: Desks) -> MajorHazard:
    return planned_hazard(desks)


def ask(
    hazard: MajorHazard, by: Acting, *, at: dt.datetime = NOW, **changes: Any
) -> HazardAct:
    said = {
        "doing": Doing(text="设备到货推迟。"),
        "to_on": TO_ON,
        "interim_measures": "停用并设专人看守。",
        **changes,
    }
    act = extensions.ask(hazard_id=hazard.pk, by=on_day_of(by, at), at=at, **said)
    hazard.refresh_from_db()
    return act


def answer(
    hazard: MajorHazard,
    asked: HazardAct,
    by: Acting,
    *,
    approved: bool = True,
    at: dt.datetime = NOW,
    doing: Doing | None = None,
) -> HazardAct:
    act = extensions.answer(
        hazard_id=hazard.pk,
        asked=asked.key,
        approved=approved,
        doing=doing or Doing(text="同意，加强看守。"),
        by=on_day_of(by, at),
        at=at,
    )
    hazard.refresh_from_db()
    return act


def listed(hazard: MajorHazard, desks: Desks) -> MajorHazard:
    def put(life: Living) -> None:
        life.hazard.listed = ListedLevel.COUNTY

    return do(hazard, HazardActKind.LIST, desks.reviewer, then=put)


class TestAsking:
    def test_keeps_days_and_measures_and_tells_the_principal(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        asked = ask(planned, desks.clerk)
        row = HazardExtension.objects.get()
        assert (row.asked, row.from_on, row.to_on) == (asked, DUE_ON, TO_ON)
        assert (row.by_bureau, row.answered) == (False, None)
        assert (planned.extension_asked_at, planned.due_on) == (NOW, DUE_ON)
        assert told("hazard_extension_asked") == people(desks.principal)

    def test_of_a_listed_hazard_goes_to_the_bureau(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        ask(listed(planned, desks), desks.clerk)
        assert HazardExtension.objects.get().by_bureau
        assert told("hazard_extension_asked") == people(
            desks.reviewer, desks.colleague, desks.head
        )

    @pytest.mark.parametrize(
        "instant",
        [
            dt.datetime.combine(DUE_ON, dt.time(0), SHANGHAI),
            dt.datetime.combine(DUE_ON, dt.time(23, 59, 59, 999999), SHANGHAI),
        ],
    )
    def test_is_in_time_on_the_deadlines_day(
        self, desks: Desks, planned: MajorHazard, instant: dt.datetime
    ) -> None:
        ask(planned, desks.clerk, at=instant)
        assert planned.extension_asked_at == instant

    def test_is_too_late_at_midnight(self, desks: Desks, planned: MajorHazard) -> None:
        midnight = dt.datetime.combine(DUE_ON + DAY, dt.time(0), SHANGHAI)
        with pytest.raises(NotPermittedError, match="has passed"):
            ask(planned, desks.clerk, at=midnight)

    def test_is_too_late_at_midnight_from_a_page_opened_before(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        midnight = dt.datetime.combine(DUE_ON + DAY, dt.time(0), SHANGHAI)
        with pytest.raises(NotPermittedError, match="has passed"):
            extensions.ask(
                hazard_id=planned.pk,
                doing=Doing(text="设备到货推迟。"),
                to_on=TO_ON,
                interim_measures="停用。",
                by=on_day_of(desks.clerk, midnight - DAY),
                at=midnight,
            )

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"doing": Doing(text=" ")}, "why more time"),
            ({"interim_measures": "\n"}, "keeps people safe"),
            ({"to_on": DUE_ON}, "ask for a later day"),
            ({"to_on": DUE_ON - DAY}, "ask for a later day"),
        ],
    )
    def test_is_refused_with_one_sentence(
        self, desks: Desks, planned: MajorHazard, changes: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(RefusedError, match=why):
            ask(planned, desks.clerk, **changes)
        assert not HazardExtension.objects.exists()

    def test_for_one_day_more_is_enough(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        ask(planned, desks.clerk, to_on=DUE_ON + DAY)
        assert HazardExtension.objects.get().to_on == DUE_ON + DAY

    def test_waits_for_the_plan(self, desks: Desks) -> None:
        with pytest.raises(NotPermittedError, match="no deadline yet"):
            ask(reported_hazard(desks), desks.clerk)

    def test_is_once_until_answered(self, desks: Desks, planned: MajorHazard) -> None:
        ask(planned, desks.clerk)
        with pytest.raises(NotPermittedError, match="answer is awaited"):
            ask(planned, desks.leader)

    def test_sent_twice_is_one(self, desks: Desks, planned: MajorHazard) -> None:
        said = Doing(text="设备到货推迟。", key=uuid.uuid4())
        assert ask(planned, desks.clerk, doing=said) == ask(
            planned, desks.clerk, doing=said
        )
        assert HazardExtension.objects.count() == 1


class TestAnswering:
    def test_yes_moves_the_deadline_and_tells_the_bureau_too(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        asked = ask(planned, desks.clerk)
        answered = answer(planned, asked, desks.principal)
        row = HazardExtension.objects.get()
        assert (row.answered, row.approved) == (answered, True)
        assert (planned.due_on, planned.extension_asked_at) == (TO_ON, None)
        assert told("hazard_extension_answered") == people(
            desks.clerk, desks.leader, desks.reviewer, desks.colleague, desks.head
        )

    def test_no_leaves_the_deadline_and_another_may_be_asked_for(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        answer(planned, ask(planned, desks.clerk), desks.principal, approved=False)
        assert (planned.due_on, planned.extension_asked_at) == (DUE_ON, None)
        ask(planned, desks.clerk)
        assert HazardExtension.objects.filter(answered__isnull=True).count() == 1

    def test_after_the_deadline_still_counts_for_what_was_asked_in_time(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        asked = ask(planned, desks.clerk)
        late = dt.datetime.combine(DUE_ON + 3 * DAY, dt.time(9), SHANGHAI)
        answer(planned, asked, desks.principal, at=late)
        assert planned.due_on == TO_ON

    def test_never_moves_a_deadline_back(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        asked = ask(planned, desks.clerk)
        later = TO_ON + DAY

        def put(life: Living) -> None:
            life.hazard.due_on = later

        do(planned, HazardActKind.TELL, desks.clerk, then=put)
        answer(planned, asked, desks.principal)
        assert planned.due_on == later

    def test_is_the_bureaus_where_listed(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        asked = ask(listed(planned, desks), desks.clerk)
        with pytest.raises(NotPermittedError, match="The bureau answers"):
            answer(planned, asked, desks.principal)
        answer(planned, asked, desks.head)
        assert planned.due_on == TO_ON
        assert told("hazard_extension_answered") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_is_the_principals_where_nothing_is_ordered(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        asked = ask(planned, desks.clerk)
        with pytest.raises(NotPermittedError, match="principal of the enterprise"):
            answer(planned, asked, desks.reviewer)
        with pytest.raises(NotPermittedError, match="Only these"):
            answer(planned, asked, desks.leader)

    def test_needs_a_reason(self, desks: Desks, planned: MajorHazard) -> None:
        asked = ask(planned, desks.clerk)
        with pytest.raises(RefusedError, match="Say why"):
            answer(planned, asked, desks.principal, doing=Doing(text=" "))

    def test_answers_only_what_was_shown(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        first = ask(planned, desks.clerk)
        answer(planned, first, desks.principal, approved=False)
        ask(planned, desks.clerk, to_on=TO_ON + DAY)
        with pytest.raises(RefusedError, match="Another request"):
            answer(planned, first, desks.principal)
        assert planned.due_on == DUE_ON

    def test_sent_twice_is_one(self, desks: Desks, planned: MajorHazard) -> None:
        asked, said = ask(planned, desks.clerk), Doing(text="同意。", key=uuid.uuid4())
        first = answer(planned, asked, desks.principal, doing=said)
        assert answer(planned, asked, desks.principal, doing=said) == first

    def test_of_nothing_is_refused(self, desks: Desks, planned: MajorHazard) -> None:
        asked = ask(planned, desks.clerk)
        answer(planned, asked, desks.principal)
        with pytest.raises(NotPermittedError, match="Nobody has asked"):
            answer(planned, asked, desks.principal)


def test_to_the_last_day_of_february(desks: Desks) -> None:
    hazard = planned_hazard(desks, due_on=dt.date(2028, 2, 28))
    leap = dt.date(2028, 2, 29)
    answer(hazard, ask(hazard, desks.clerk, to_on=leap), desks.principal)
    assert hazard.due_on == leap
