"""The first page after signing in, for every role."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Role, SupervisionAssignment
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.rules.quarters import Quarter
from tests.factories import make_acting, make_enterprise, signed_in, stranger
from tests.factories_lives import accepted_hazard
from tests.factories_reports import Desks, make_inspection, make_lodged
from tests.hazards.views.walking import (
    a_moment,
    last_quarter,
    make_filed,
    page,
    tick,
    words,
)

DESK = "/desk/"


class TestAnEnterprisesDesk:
    def test_tells_the_quarters_newest_first_with_what_is_due(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        tick()
        response = signed_in(seats.clerk).get(DESK)

        lines = response.context["desk"].lines
        today = Quarter.containing(timezone.localdate())
        assert [line.quarter for line in lines] == [
            today.shifted(-back) for back in range(len(lines))
        ]
        assert lines[1].report == draft
        assert response.context["desk"].now == lines[0]
        due = lines[1].due.on.isoformat()
        assert f'<time datetime="{due}">' in page(response)
        assert reverse("report", args=[draft.public_id]) in page(response)

    def test_leaves_out_what_was_due_before_any_bureau_received_here(
        self, seats: Desks
    ) -> None:
        clerk = make_acting(
            Role.CLERK, enterprise=make_enterprise(bureau=seats.bureau, assigned=False)
        )
        assert clerk.enterprise is not None
        SupervisionAssignment.objects.create(
            enterprise=clerk.enterprise,
            bureau=seats.bureau,
            starts_on=Quarter.containing(timezone.localdate()).starts_on,
            recorded_at=a_moment(),
        )

        tick()
        lines = signed_in(clerk).get(DESK).context["desk"].lines

        today = Quarter.containing(timezone.localdate())
        # The quarter just past falls due in this one, so it is asked for as well.
        assert [line.quarter for line in lines] == [today, today.shifted(-1)]

    def test_a_quarter_in_which_the_enterprise_was_founded_is_not_asked_for(
        self, seats: Desks
    ) -> None:
        today = timezone.localdate()
        quarter = Quarter.containing(today).shifted(-1)
        Enterprise.objects.filter(pk=seats.enterprise.pk).update(
            established_on=quarter.starts_on + dt.timedelta(days=1)
        )

        tick()
        response = signed_in(seats.clerk).get(DESK)

        line = response.context["desk"].lines[1]
        assert (line.quarter, line.standing) == (quarter, "exempt")
        assert "founded after the quarter had begun" in words(response)

    def test_before_the_clock_has_run_says_what_it_will(self, seats: Desks) -> None:
        before = signed_in(seats.clerk).get(DESK).context["desk"].now
        tick()
        after = signed_in(seats.clerk).get(DESK).context["desk"].now

        assert before.duty.pk is None
        assert after.duty.pk is not None
        assert (before.quarter, before.due, before.standing, before.turn) == (
            after.quarter,
            after.due,
            after.standing,
            after.turn,
        )

    def test_asks_a_listed_member_to_sign_in_until_it_is_done(
        self, seats: Desks
    ) -> None:
        day = Quarter.containing(timezone.localdate()).starts_on
        inspection = make_inspection(seats, on=day, at=a_moment())
        client = signed_in(seats.member)
        url = reverse("inspection", args=[inspection.public_id])
        assert url in page(client.get(DESK))

        client.post(reverse("inspection-sign-in", args=[inspection.public_id]))

        assert url not in page(client.get(DESK))

    @pytest.mark.parametrize("who", ["clerk", "leader"])
    def test_starts_a_quarter_s_report(self, seats: Desks, who: str) -> None:
        client = signed_in(getattr(seats, who))
        tick()
        assert f'name="quarter" value="{last_quarter()}"' in page(client.get(DESK))
        assert reverse("inspection-new") in page(client.get(DESK))

    @pytest.mark.parametrize("who", ["member", "principal"])
    def test_offers_no_button_to_who_does_not_write(
        self, seats: Desks, who: str
    ) -> None:
        tick()
        shown = page(signed_in(getattr(seats, who)).get(DESK))
        assert 'name="quarter"' not in shown
        assert reverse("inspection-new") not in shown

    def test_leads_the_principal_to_what_waits_for_a_signature(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        url = reverse("report-sign", args=[waiting.public_id])
        response = signed_in(seats.principal).get(DESK)
        assert url in page(response)
        assert "waits for your signature" in words(response)
        assert url not in page(signed_in(seats.clerk).get(DESK))

    def test_leads_the_principal_to_what_was_received_unsigned(
        self, seats: Desks
    ) -> None:
        report = make_lodged(
            seats,
            quarter=Quarter.containing(timezone.localdate()).previous(),
            at=timezone.now(),
        )

        response = signed_in(seats.principal).get(DESK)

        sign_later = reverse("report-sign-later", args=[report.public_id])
        assert sign_later in page(response)
        assert "Nothing waits for your signature" not in words(response)

    def test_tells_the_principal_that_nothing_waits(self, seats: Desks) -> None:
        make_filed(seats, ReportStatus.RECEIVED)
        said = words(signed_in(seats.principal).get(DESK))
        assert "Nothing waits for your signature" in said

    def test_says_when_one_person_alone_can_write(self, seats: Desks) -> None:
        plant = make_enterprise()
        alone = make_acting(Role.CLERK, enterprise=plant)
        assert "Only one person can write your reports" in words(
            signed_in(alone).get(DESK)
        )
        assert "Only one person" not in words(signed_in(seats.clerk).get(DESK))

    def test_says_whether_the_principal_took_part_this_year(self, seats: Desks) -> None:
        client = signed_in(seats.principal)
        assert "No inspection of this year records" in words(client.get(DESK))

        visit = make_inspection(
            seats,
            on=timezone.localdate(),
            principal_evidence="带队检查",
            at=a_moment(),
        )

        assert "not yet confirmed by the principal" in words(client.get(DESK))
        client.post(reverse("participation-confirm", args=[visit.public_id]))
        assert "not yet confirmed" not in words(client.get(DESK))

    def test_without_a_bureau_shows_the_quarters_all_the_same(self, db: None) -> None:
        nowhere = make_acting(Role.CLERK, enterprise=make_enterprise(assigned=False))
        response = signed_in(nowhere).get(DESK)
        assert response.status_code == 200
        assert {line.due for line in response.context["desk"].lines} == {None}


class TestOtherDesks:
    @pytest.mark.parametrize("who", ["reviewer", "colleague", "head"])
    def test_a_bureau_s_shows_what_waits_for_its_answer(
        self, seats: Desks, received: SelfInspectionReport, who: str
    ) -> None:
        response = signed_in(getattr(seats, who)).get(DESK)
        assert reverse("report", args=[received.public_id]) in page(response)
        assert reverse("review-queue") in page(response)

    def test_a_bureau_s_shows_no_draft(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.reviewer).get(DESK)
        assert "Nothing waits" in words(response)
        assert seats.enterprise.name not in words(response)

    def test_the_operator_s_shows_nothing_that_is_filed(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        response = signed_in(make_acting(Role.OPERATOR)).get(DESK)
        assert "nothing of what enterprises file" in words(response)
        assert seats.enterprise.name not in words(response)

    def test_strangers_are_asked_to_sign_in(self, db: None) -> None:
        response = stranger().get(DESK)
        assert response["Location"].startswith("/account/login/")


def test_a_hazard_to_be_closed_waits_for_those_who_may_close_it(seats: Desks) -> None:
    accepted_hazard(
        seats, at=a_moment(), due_on=timezone.localdate() + dt.timedelta(days=30)
    )

    for by, is_told in ((seats.clerk, False), (seats.leader, True)):
        said = words(signed_in(by).get("/desk/"))
        assert ("Close it" in said) is is_told
