"""Two officers look on site whether a hazard is eliminated."""

import datetime as dt
import uuid

import pytest

from accounts.models import Acting, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    HazardActKind,
    HazardListing,
    HazardOrder,
    HazardRecheck,
    MajorHazard,
)
from hazards.services import rechecks
from hazards.services.lives import Doing
from tests.database.stages import stage
from tests.factories import NOW, acting, make_acting, make_bureau, make_membership
from tests.factories_lives import do, planned_hazard
from tests.factories_reports import Desks
from tests.hazards.office.walks import (
    DAY,
    ORDERED_DAY,
    SAID,
    accept,
    accepted_hazard,
    apply,
    fail_recheck,
    kinds,
    list_at,
    order,
    pass_recheck,
)
from tests.hazards.services.traces import last_event, people, told

pytestmark = pytest.mark.django_db


@stage
def waiting(desks: Desks) -> MajorHazard:
    """Applied for, by a bureau that had ordered nothing."""
    hazard = accepted_hazard(desks)
    apply(hazard, desks)
    return hazard


def order_recheck(hazard: MajorHazard, by: Acting, doing: Doing = SAID) -> None:
    rechecks.order_recheck(hazard_id=hazard.pk, doing=doing, by=by, at=NOW)
    hazard.refresh_from_db()


class TestOrderRecheck:
    def test_a_bureau_looks_at_what_an_enterprise_accepted(self, desks: Desks) -> None:
        hazard = accepted_hazard(desks)
        order_recheck(hazard, desks.reviewer)
        recheck = HazardRecheck.objects.get()
        assert hazard.state == "awaiting_recheck"
        assert recheck.due_on == hazard.recheck_due_on == NOW.date() + 10 * DAY
        assert not recheck.resumes
        assert told("hazard_recheck_ordered") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_not_without_a_word(self, desks: Desks) -> None:
        hazard = accepted_hazard(desks)
        with pytest.raises(RefusedError, match="Say why"):
            order_recheck(hazard, desks.reviewer, Doing())

    def test_not_of_what_nobody_accepted(self, desks: Desks) -> None:
        with pytest.raises(NotPermittedError, match="plan received"):
            order_recheck(planned_hazard(desks), desks.reviewer)


class TestPassed:
    def test_closes_lifts_every_order_and_ends_the_listing_by_one_act(
        self, desks: Desks
    ) -> None:
        hazard = planned_hazard(desks)
        order(hazard, desks.reviewer, stop="whole")
        order(hazard, desks.head, stop="part")
        list_at(hazard, "county", desks.reviewer)
        accept(hazard, desks)
        apply(hazard, desks, resumes=True)
        act = pass_recheck(hazard, desks.reviewer, desks.colleague)
        assert (hazard.state, hazard.closed_at) == ("closed", NOW)
        assert (hazard.is_ordered, hazard.stop_ordered, hazard.listed) == (
            False,
            "",
            "",
        )
        assert {each.lifted for each in HazardOrder.objects.all()} == {act}
        assert HazardListing.objects.get().ended == act
        assert hazard.recheck_due_on is None
        assert last_event(hazard, action="hazard-pass-recheck").note == SAID.text

    def test_names_two_officers(self, desks: Desks, waiting: MajorHazard) -> None:
        act = pass_recheck(waiting, desks.reviewer, desks.colleague)
        recheck = HazardRecheck.objects.get()
        assert (recheck.done, recheck.passed) == (act, True)
        assert recheck.first_officer == desks.reviewer.membership
        assert recheck.second_officer == desks.colleague.membership
        assert told("hazard_recheck_passed") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_by_an_inspector_as_the_second(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        inspector = make_acting(Role.INSPECTOR, bureau=desks.bureau)
        pass_recheck(waiting, desks.head, inspector)
        assert waiting.state == "closed"

    def test_past_its_ten_days_it_is_still_possible(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        late = NOW + 30 * DAY
        pass_recheck(waiting, desks.reviewer, desks.colleague, at=late)
        assert waiting.closed_at == late

    def test_the_same_form_twice_is_one_recheck(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        doing = Doing(text="已消除。", key=uuid.uuid4())
        for _ in range(2):
            rechecks.pass_recheck(
                hazard_id=waiting.pk,
                second=desks.colleague.membership,
                doing=doing,
                by=desks.reviewer,
                at=NOW,
            )
        assert kinds(waiting).count("pass-recheck") == 1


class TestTheSecondOfficer:
    def test_is_somebody_else(self, desks: Desks, waiting: MajorHazard) -> None:
        with pytest.raises(RefusedError, match="not yourself"):
            pass_recheck(waiting, desks.reviewer, desks.reviewer)

    def test_is_somebody_else_in_every_office(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        twice = make_acting(
            Role.INSPECTOR, user=desks.reviewer.user, bureau=desks.bureau
        )
        with pytest.raises(RefusedError, match="not yourself"):
            pass_recheck(waiting, desks.reviewer, twice)

    @pytest.mark.parametrize("role", [Role.TOWNSHIP_ASSISTANT, Role.DECIDING_OFFICER])
    def test_holds_an_office_that_looks_on_site(
        self, desks: Desks, waiting: MajorHazard, role: Role
    ) -> None:
        other = make_acting(role, bureau=desks.bureau)
        with pytest.raises(RefusedError, match="must hold an office"):
            pass_recheck(waiting, desks.reviewer, other)

    def test_is_of_the_same_bureau(self, desks: Desks, waiting: MajorHazard) -> None:
        other = make_acting(Role.REVIEWER, bureau=make_bureau())
        with pytest.raises(RefusedError, match="must hold an office"):
            pass_recheck(waiting, desks.reviewer, other)

    def test_is_nobody_of_the_enterprise(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        with pytest.raises(RefusedError, match="must hold an office"):
            pass_recheck(waiting, desks.reviewer, desks.leader)

    def test_holds_it_that_day(self, desks: Desks, waiting: MajorHazard) -> None:
        left = make_membership(
            Role.REVIEWER, bureau=desks.bureau, ends_on=NOW.date() - DAY
        )
        gone = acting(left)
        with pytest.raises(RefusedError, match="must hold an office"):
            pass_recheck(waiting, desks.reviewer, gone)

    @pytest.mark.parametrize("who", ["reviewer", "colleague"])
    def test_neither_was_ever_a_member_of_the_enterprise(
        self, desks: Desks, waiting: MajorHazard, who: str
    ) -> None:
        officer: Acting = getattr(desks, who)
        make_membership(
            Role.TEAM_MEMBER,
            user=officer.user,
            enterprise=desks.enterprise,
            ends_on=dt.date(2021, 1, 1),
        )
        with pytest.raises((NotPermittedError, RefusedError), match="member of this"):
            pass_recheck(waiting, desks.reviewer, desks.colleague)
        waiting.refresh_from_db()
        assert waiting.state == "awaiting_recheck"


class TestFailed:
    def test_goes_back_with_a_new_day_and_an_order(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        act = fail_recheck(waiting, desks.reviewer, desks.colleague)
        assert (waiting.state, waiting.due_on) == ("rectifying", ORDERED_DAY)
        assert (waiting.accepted_at, waiting.recheck_due_on) == (None, None)
        assert waiting.is_ordered
        stands = HazardOrder.objects.get()
        assert (stands.act, stands.document_number) == (
            act,
            "（开）应急复查〔2026〕7号",
        )
        assert HazardRecheck.objects.get().passed is False
        assert told("hazard_recheck_failed") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_leaves_standing_orders_and_the_listing(self, desks: Desks) -> None:
        hazard = planned_hazard(desks)
        order(hazard, desks.reviewer, stop="whole")
        list_at(hazard, "county", desks.reviewer)
        accept(hazard, desks)
        apply(hazard, desks, resumes=True)
        fail_recheck(hazard, desks.reviewer, desks.colleague)
        assert (hazard.stop_ordered, hazard.listed) == ("whole", "county")

    def test_then_the_enterprise_does_not_close_by_itself(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        fail_recheck(waiting, desks.reviewer, desks.colleague)
        later = NOW + DAY
        accept(waiting, desks, at=later)
        with pytest.raises(NotPermittedError, match="apply for its re-check"):
            do(waiting, HazardActKind.CLOSE, desks.principal, at=later)
        apply(waiting, desks, at=later)
        pass_recheck(waiting, desks.reviewer, desks.colleague, at=later + DAY)
        assert waiting.closed_at == later + DAY

    def test_not_until_a_day_that_is_over(
        self, desks: Desks, waiting: MajorHazard
    ) -> None:
        with pytest.raises(RefusedError, match="over already"):
            fail_recheck(
                waiting, desks.reviewer, desks.colleague, due_on=NOW.date() - DAY
            )

    def test_not_without_findings(self, desks: Desks, waiting: MajorHazard) -> None:
        with pytest.raises(RefusedError, match="what you found"):
            rechecks.pass_recheck(
                hazard_id=waiting.pk,
                second=desks.colleague.membership,
                doing=Doing(),
                by=desks.reviewer,
                at=NOW,
            )
