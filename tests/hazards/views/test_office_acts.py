"""What a bureau does about a hazard, from the browser."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Role
from hazards.models import (
    HazardGrading,
    HazardHandover,
    HazardOrder,
    HazardRecheck,
    MajorHazard,
)
from tests.database.stages import stage
from tests.factories import make_acting, signed_in
from tests.factories_lives import planned_hazard
from tests.factories_reports import Desks
from tests.hazards.attachments.files import picture
from tests.hazards.office.walks import CLAUSE, accept, apply, downgrade
from tests.hazards.views.walking import a_moment, page

pytestmark = pytest.mark.django_db

WORDS = "现场查看，理由如下。"


@stage
def planned(seats: Desks) -> MajorHazard:
    """Its plan was received yesterday; the deadline is far."""
    return planned_hazard(seats, at=a_moment(), due_on=in_days(90))


@stage
def accepted(seats: Desks, planned: MajorHazard) -> MajorHazard:
    """The enterprise says that it is eliminated."""
    accept(planned, seats, at=a_moment())
    return planned


@stage
def applied(seats: Desks, accepted: MajorHazard) -> MajorHazard:
    """The enterprise has applied for the re-check."""
    apply(accepted, seats, at=a_moment(), resumes=True)
    return accepted


def in_days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def url_of(hazard: MajorHazard, kind: str) -> str:
    return reverse("hazard-act", args=[hazard.public_id, kind])


def send(hazard: MajorHazard, kind: str, by: Acting, **fields: Any) -> Any:
    """Fill in the form and send it; the hazard is as it stands afterwards."""
    said = {"key": str(uuid.uuid4()), "text": WORDS, **fields}
    response = signed_in(by).post(url_of(hazard, kind), said)
    hazard.refresh_from_db()
    return response


def look(hazard: MajorHazard, kind: str, by: Acting) -> str:
    response = signed_in(by).get(url_of(hazard, kind))
    assert response.status_code == 200
    return page(response)


class TestOrders:
    def test_an_order_is_given_and_lifted(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        day = in_days(20)
        response = send(
            planned,
            "order",
            seats.reviewer,
            due_on=day.isoformat(),
            stop="part",
            document_number="开令1号",
        )
        assert response.status_code == 302
        assert (planned.due_on, planned.stop_ordered) == (day, "part")
        shown = look(planned, "lift-order", seats.head)
        assert "开令1号" in shown
        standing = HazardOrder.objects.get()
        send(planned, "lift-order", seats.head, order=standing.pk)
        assert not planned.is_ordered

    def test_an_empty_order_is_refused_and_nothing_typed_is_lost(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        response = send(planned, "order", seats.reviewer, document_number="开令1号")
        assert response.status_code == 422
        assert "a day for the rectification, or a stop" in page(response)
        assert "开令1号" in page(response)
        assert WORDS in page(response)

    def test_an_order_comes_with_its_document(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        file = SimpleUploadedFile("令.jpg", picture(), content_type="image/jpeg")
        send(planned, "order", seats.reviewer, stop="whole", documents=file)
        assert HazardOrder.objects.get().act.files.count() == 1

    def test_the_page_shows_what_stands(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        send(planned, "order", seats.reviewer, stop="part", document_number="开令1号")
        shown = look(planned, "order", seats.head)
        assert "Orders that stand" in shown
        assert "开令1号" in shown


class TestListing:
    def test_a_county_lists_and_ends_it(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        shown = look(planned, "list", seats.reviewer)
        assert "listed by the county" in shown
        assert "listed by the province" not in shown
        send(planned, "list", seats.reviewer, level="county")
        assert planned.listed == "county"
        send(planned, "delist", seats.head)
        assert planned.listed == ""

    def test_a_level_above_is_no_choice(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        response = send(planned, "list", seats.reviewer, level="province")
        assert response.status_code == 422
        assert planned.listed == ""


class TestRechecks:
    def test_passed_by_two(self, seats: Desks, applied: MajorHazard) -> None:
        shown = look(applied, "pass-recheck", seats.reviewer)
        assert "with an application to resume" in shown
        second = str(seats.colleague.membership.public_id)
        send(applied, "pass-recheck", seats.reviewer, second=second)
        assert applied.state == "closed"
        recheck = HazardRecheck.objects.get()
        assert recheck.second_officer == seats.colleague.membership

    def test_offers_officers_who_never_were_of_the_enterprise(
        self, seats: Desks, applied: MajorHazard
    ) -> None:
        inspector = make_acting(Role.INSPECTOR, bureau=seats.bureau)
        assistant = make_acting(Role.TOWNSHIP_ASSISTANT, bureau=seats.bureau)
        former = make_acting(Role.INSPECTOR, bureau=seats.bureau)
        make_acting(Role.CLERK, user=former.user, enterprise=seats.enterprise)
        shown = look(applied, "pass-recheck", seats.reviewer)
        offered = [inspector, seats.colleague, seats.head]
        for officer in offered:
            assert str(officer.membership.public_id) in shown
        for officer in (assistant, former, seats.reviewer):
            assert str(officer.membership.public_id) not in shown

    def test_failed_with_a_new_day(self, seats: Desks, applied: MajorHazard) -> None:
        second = str(seats.head.membership.public_id)
        send(
            applied,
            "fail-recheck",
            seats.reviewer,
            second=second,
            due_on=in_days(30).isoformat(),
        )
        assert (applied.state, applied.due_on) == ("rectifying", in_days(30))

    def test_failed_without_a_day_is_refused(
        self, seats: Desks, applied: MajorHazard
    ) -> None:
        second = str(seats.head.membership.public_id)
        response = send(applied, "fail-recheck", seats.reviewer, second=second)
        assert response.status_code == 422
        assert "until when it must be eliminated" in page(response)

    def test_alone_is_refused(self, seats: Desks, applied: MajorHazard) -> None:
        response = send(applied, "pass-recheck", seats.reviewer)
        assert response.status_code == 422
        assert "name the second" in page(response)

    def test_past_its_days_the_page_says_so(
        self, seats: Desks, accepted: MajorHazard
    ) -> None:
        apply(accepted, seats, at=timezone.now() - dt.timedelta(days=11))
        assert "was due by" in look(accepted, "pass-recheck", seats.reviewer)

    def test_decided_by_the_bureau(self, seats: Desks, accepted: MajorHazard) -> None:
        send(accepted, "order-recheck", seats.reviewer)
        assert accepted.state == "awaiting_recheck"
        assert "Decided by the bureau" in look(accepted, "pass-recheck", seats.head)


class TestGrades:
    @pytest.mark.parametrize("who", ["clerk", "reviewer"])
    def test_down_and_up_again(
        self, seats: Desks, planned: MajorHazard, who: str
    ) -> None:
        by: Acting = getattr(seats, who)
        shown = look(planned, "downgrade", by)
        assert f'<option value="{CLAUSE}"' in shown
        send(planned, "downgrade", by, clause=CLAUSE)
        assert planned.state == "downgraded"
        send(planned, "grade-major", by, clause=CLAUSE)
        assert planned.state == "planned"
        assert HazardGrading.objects.count() == 2

    def test_no_clause_is_refused(self, seats: Desks, planned: MajorHazard) -> None:
        response = send(planned, "downgrade", seats.reviewer)
        assert response.status_code == 422
        assert "Choose a clause" in page(response)

    def test_what_came_of_it_meanwhile_is_said_and_nothing_typed_is_lost(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        downgrade(planned, seats.clerk, at=timezone.now())
        response = send(planned, "order", seats.reviewer, stop="part")
        assert response.status_code == 403
        assert "graded down to general" in page(response)
        assert WORDS in page(response)


def test_struck_out(seats: Desks, planned: MajorHazard) -> None:
    send(planned, "void", seats.reviewer)
    assert planned.state == "voided"


def test_handed_over_to_a_department(seats: Desks, planned: MajorHazard) -> None:
    response = send(planned, "hand-over", seats.head)
    assert response.status_code == 422
    send(planned, "hand-over", seats.head, department="开原市 住建局")
    assert planned.state == "handed_over"
    assert HazardHandover.objects.get().department == "开原市 住建局"


def test_nothing_is_done_by_nobody(planned: MajorHazard) -> None:
    assert Client().post(url_of(planned, "void")).status_code == 302
    planned.refresh_from_db()
    assert planned.state == "planned"
