"""What a bureau orders about a hazard, and listed supervision."""

import datetime as dt
import uuid
from typing import Any

import pytest

from accounts.models import Notice, Role
from accounts.models.bureaus import BureauLevel
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import HazardListing, HazardOrder, ListedLevel, MajorHazard
from hazards.permissions.lives import levels_listed_by
from hazards.services import supervision
from hazards.services.lives import Doing
from tests.database.stages import stage
from tests.factories import NOW, make_acting, make_bureau, make_membership
from tests.factories_lives import (
    begin_report,
    plan_for,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, make_desks
from tests.hazards.office.walks import (
    DAY,
    ORDERED_DAY,
    SAID,
    kinds,
    list_at,
    order,
)
from tests.hazards.services.traces import people, told

pytestmark = pytest.mark.django_db


@stage
def planned(desks: Desks) -> MajorHazard:
    return planned_hazard(desks)


def lift(hazard: MajorHazard, act_id: int, desks: Desks, text: str = "已消除") -> None:
    supervision.lift_order(
        hazard_id=hazard.pk,
        order_id=act_id,
        doing=Doing(text=text),
        by=desks.reviewer,
        at=NOW,
    )
    hazard.refresh_from_db()


class TestOrders:
    def test_a_day_becomes_the_deadline(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        act = order(planned, desks.reviewer, stop="part", document_number="开令1号")
        stands = HazardOrder.objects.get(act=act)
        assert (planned.due_on, planned.is_ordered) == (ORDERED_DAY, True)
        assert planned.stop_ordered == "part"
        assert (stands.document_number, stands.bureau) == ("开令1号", desks.bureau)
        assert planned.state == "planned"

    def test_a_stop_alone_leaves_the_deadline(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        before = planned.due_on
        order(planned, desks.head, due_on=None, stop="whole")
        assert (planned.due_on, planned.stop_ordered) == (before, "whole")

    def test_tells_team_and_principal_in_words_of_the_order(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        order(planned, desks.reviewer, stop="whole")
        assert told("hazard_ordered") == people(
            desks.clerk, desks.leader, desks.principal
        )

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"due_on": None}, "a day for the rectification, or a stop"),
            ({"due_on": NOW.date() - DAY}, "over already"),
            ({"doing": Doing(text=" ")}, "Say what is ordered"),
        ],
    )
    def test_refuses_what_nobody_can_follow(
        self, desks: Desks, planned: MajorHazard, changes: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(RefusedError, match=why):
            order(planned, desks.reviewer, **changes)
        planned.refresh_from_db()
        assert not planned.is_ordered
        assert "order" not in kinds(planned)

    def test_today_can_be_ordered(self, desks: Desks, planned: MajorHazard) -> None:
        order(planned, desks.reviewer, due_on=NOW.date())
        assert planned.due_on == NOW.date()

    def test_several_stand_and_the_widest_stop_holds_until_it_is_lifted(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        part = order(planned, desks.reviewer, stop="part")
        whole = order(planned, desks.head, due_on=None, stop="whole")
        order(planned, desks.head)
        assert planned.stop_ordered == "whole"
        lift(planned, whole.pk, desks)
        assert (planned.stop_ordered, planned.is_ordered) == ("part", True)
        lift(planned, part.pk, desks)
        assert (planned.stop_ordered, planned.is_ordered) == ("", True)

    def test_the_last_one_lifted_leaves_the_deadline_and_lets_the_enterprise_close(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        act = order(planned, desks.reviewer)
        lift(planned, act.pk, desks)
        assert (planned.is_ordered, planned.due_on) == (False, ORDERED_DAY)
        assert told("hazard_order_lifted") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_one_is_lifted_once(self, desks: Desks, planned: MajorHazard) -> None:
        first = order(planned, desks.reviewer)
        order(planned, desks.reviewer)
        lift(planned, first.pk, desks)
        with pytest.raises(RefusedError, match="does not stand any more"):
            lift(planned, first.pk, desks)

    def test_with_none_standing_there_is_nothing_to_lift(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        with pytest.raises(NotPermittedError, match="No order stands"):
            lift(planned, 1, desks)

    def test_the_same_form_twice_is_one_order(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        doing = Doing(text="限期整改。", key=uuid.uuid4())
        first = order(planned, desks.reviewer, doing=doing)
        assert order(planned, desks.reviewer, doing=doing) == first
        assert HazardOrder.objects.count() == 1

    def test_nobody_of_the_enterprise_or_another_bureau_orders(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        for stranger in (desks.principal, make_desks().reviewer):
            with pytest.raises(NotPermittedError):
                order(planned, stranger)

    def test_whoever_was_a_member_of_the_enterprise_does_not_order(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        make_membership(
            Role.CLERK,
            user=desks.reviewer.user,
            enterprise=desks.enterprise,
            ends_on=dt.date(2021, 1, 1),
        )
        with pytest.raises(NotPermittedError, match="are or were a member"):
            order(planned, desks.reviewer)

    def test_a_plan_received_later_leaves_the_ordered_day(self, desks: Desks) -> None:
        hazard = reported_hazard(desks)
        order(hazard, desks.reviewer)
        later = NOW + DAY
        send_and_sign(plan_for(hazard, desks, at=later), desks, at=later)
        hazard.refresh_from_db()
        assert (hazard.state, hazard.due_on) == ("planned", ORDERED_DAY)

    def test_nothing_is_ordered_before_it_is_reported(self, desks: Desks) -> None:
        report = begin_report(desks)
        assert report.hazard is not None
        with pytest.raises(NotPermittedError, match="report it first"):
            order(report.hazard, desks.reviewer)


class TestListing:
    @pytest.mark.parametrize(
        ("level", "lists"),
        [
            (BureauLevel.MINISTRY, {"county", "city", "province"}),
            (BureauLevel.PROVINCE, {"county", "city", "province"}),
            (BureauLevel.CITY, {"county", "city"}),
            (BureauLevel.COUNTY, {"county"}),
            (BureauLevel.ZONE, {"county"}),
            (BureauLevel.TOWNSHIP, set()),
        ],
    )
    def test_a_bureau_lists_at_its_own_level_and_below(
        self, level: BureauLevel, lists: set[str]
    ) -> None:
        assert set(levels_listed_by(make_bureau(level=level))) == lists

    def test_a_listed_hazard_says_by_whom(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        act = list_at(planned, "county", desks.reviewer)
        assert planned.listed == ListedLevel.COUNTY
        assert HazardListing.objects.get(act=act).document_number
        assert told("hazard_listed") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_a_county_does_not_list_for_the_province(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        with pytest.raises(RefusedError, match="own level or one below"):
            list_at(planned, "province", desks.reviewer)

    def test_a_township_lists_nothing(self) -> None:
        township = make_desks(bureau=make_bureau(level=BureauLevel.TOWNSHIP))
        hazard = reported_hazard(township)
        with pytest.raises(NotPermittedError, match="Only counties"):
            list_at(hazard, "county", township.reviewer)

    def test_a_city_lists_what_a_county_holds_and_only_a_city_ends_it(self) -> None:
        city = make_bureau(level=BureauLevel.CITY)
        desks = make_desks(bureau=make_bureau(parent=city))
        above = make_acting(Role.REVIEWER, bureau=city)
        hazard = reported_hazard(desks)
        list_at(hazard, "city", above)
        assert told("hazard_listed") == people(
            desks.clerk,
            desks.leader,
            desks.principal,
            desks.reviewer,
            desks.colleague,
            desks.head,
        )
        with pytest.raises(NotPermittedError, match="only that level ends it"):
            supervision.end_listing(
                hazard_id=hazard.pk, doing=SAID, by=desks.reviewer, at=NOW
            )
        supervision.end_listing(hazard_id=hazard.pk, doing=SAID, by=above, at=NOW)
        hazard.refresh_from_db()
        assert hazard.listed == ""
        heard = Notice.objects.filter(kind="hazard_delisted")
        assert {desks.principal.user, desks.reviewer.user} <= {
            notice.recipient for notice in heard
        }

    def test_it_is_listed_once_at_a_time(
        self, desks: Desks, planned: MajorHazard
    ) -> None:
        list_at(planned, "county", desks.reviewer)
        with pytest.raises(NotPermittedError, match="listed already"):
            list_at(planned, "county", desks.head)
        supervision.end_listing(hazard_id=planned.pk, doing=SAID, by=desks.head, at=NOW)
        with pytest.raises(NotPermittedError, match="not listed"):
            supervision.end_listing(
                hazard_id=planned.pk, doing=SAID, by=desks.head, at=NOW
            )
        list_at(planned, "county", desks.reviewer)
        assert planned.listed == "county"
