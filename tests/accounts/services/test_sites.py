"""Adding a site, and handing an enterprise or a site over to another bureau."""

import datetime as dt

import pytest

from accounts.models import Acting, Bureau, Event, Notice, Role, Site
from accounts.models import SupervisionAssignment as Assignment
from accounts.permissions import NotPermittedError, RefusedError
from accounts.queries.memberships import receiving_bureau
from accounts.services import sites
from tests.database.stages import stage
from tests.factories import NOW, TODAY, make_acting, make_bureau, make_enterprise

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + dt.timedelta(days=1)


@stage
def bureau(db: None) -> Bureau:
    return make_bureau()


@stage
def other(db: None) -> Bureau:
    return make_bureau()


@stage
def reviewer(bureau: Bureau) -> Acting:
    return make_acting(Role.REVIEWER, bureau=bureau)


@stage
def leader(bureau: Bureau) -> Acting:
    return make_acting(Role.TEAM_LEADER, enterprise=make_enterprise(bureau=bureau))


def add(by: Acting, *, name: str = "二号库", county: str = "211224") -> Site:
    assert by.enterprise is not None
    return sites.add_site(
        enterprise=by.enterprise,
        name=name,
        address="昌图镇",
        county=county,
        by=by,
        at=NOW,
    )


def hand_over(
    by: Acting,
    leader: Acting,
    to: Bureau,
    *,
    site: Site | None = None,
    starts_on: dt.date = TOMORROW,
) -> Assignment:
    assert leader.enterprise is not None
    return sites.hand_over(
        enterprise=leader.enterprise,
        site=site,
        bureau=to,
        starts_on=starts_on,
        reason="管辖调整，见会议纪要。",
        by=by,
        at=NOW,
    )


class TestAddSite:
    def test_puts_it_on_record_with_a_trace(self, leader: Acting) -> None:
        site = add(leader)

        assert site.county.name == "昌图县"
        assert Event.objects.about(site).get().by == leader.user

    def test_refuses_a_name_twice_and_keeps_the_first(self, leader: Acting) -> None:
        add(leader)
        with pytest.raises(RefusedError, match="choose another name"):
            add(leader)
        assert Site.objects.filter(name="二号库").count() == 1

    def test_refuses_a_member_who_does_not_write(self, leader: Acting) -> None:
        member = make_acting(Role.TEAM_MEMBER, enterprise=leader.enterprise)
        with pytest.raises(NotPermittedError):
            add(member)


class TestHandOver:
    def test_the_other_bureau_receives_from_the_day_on(
        self, reviewer: Acting, leader: Acting, bureau: Bureau, other: Bureau
    ) -> None:
        hand_over(reviewer, leader, other)

        assert leader.enterprise is not None
        assert receiving_bureau(leader.enterprise, on=TODAY) == bureau
        assert receiving_bureau(leader.enterprise, on=TOMORROW) == other

    def test_a_site_goes_alone(
        self, reviewer: Acting, leader: Acting, bureau: Bureau, other: Bureau
    ) -> None:
        site = add(leader)
        hand_over(reviewer, leader, other, site=site)

        assert leader.enterprise is not None
        assert receiving_bureau(leader.enterprise, on=TOMORROW, site=site) == other
        assert receiving_bureau(leader.enterprise, on=TOMORROW) == bureau

    def test_what_was_on_record_is_ended_not_edited(
        self, reviewer: Acting, leader: Acting, bureau: Bureau, other: Bureau
    ) -> None:
        hand_over(reviewer, leader, other)

        before = Assignment.objects.get(enterprise=leader.enterprise, bureau=bureau)
        assert (before.ends_on, before.end_recorded_by) == (TODAY, reviewer.user)

    def test_the_enterprise_and_the_other_bureau_are_told(
        self, reviewer: Acting, leader: Acting, other: Bureau
    ) -> None:
        head = make_acting(Role.BUREAU_HEAD, bureau=other)
        hand_over(reviewer, leader, other)

        told = Notice.objects.filter(kind="handed_over")
        assert {notice.recipient for notice in told} == {leader.user, head.user}

    @pytest.mark.parametrize("days", [-1, -400])
    def test_refuses_a_day_that_has_passed(
        self, reviewer: Acting, leader: Acting, other: Bureau, days: int
    ) -> None:
        day = TODAY + dt.timedelta(days=days)
        with pytest.raises(RefusedError, match="what was, stays"):
            hand_over(reviewer, leader, other, starts_on=day)

    def test_refuses_a_second_change_of_the_same_day(
        self, reviewer: Acting, leader: Acting, bureau: Bureau, other: Bureau
    ) -> None:
        hand_over(reviewer, leader, other)
        with pytest.raises(RefusedError, match="choose a later day"):
            hand_over(reviewer, leader, bureau)

    def test_refuses_who_is_not_of_the_supervising_bureau(
        self, leader: Acting, other: Bureau
    ) -> None:
        with pytest.raises(NotPermittedError, match="Another bureau supervises"):
            hand_over(make_acting(Role.REVIEWER, bureau=other), leader, other)
