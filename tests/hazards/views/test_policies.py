"""The pages of a bureau's policies, browser to database."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    Acting,
    Bureau,
    BureauDay,
    BureauPolicy,
    Role,
)
from accounts.models.bureaus import BureauLevel
from accounts.services.policies import set_day, set_policy
from hazards.queries.deadlines import due_for
from hazards.queries.policies import first_quarter_from
from hazards.rules.policies import DEFINITIONS, POLICIES
from hazards.rules.quarters import Quarter
from tests.database.stages import stage
from tests.factories import make_acting, make_bureau, make_enterprise, signed_in

pytestmark = pytest.mark.django_db

INDEX = "policies"
REASON = "Minutes of 3 March"


@stage
def today(db: None) -> dt.date:
    return timezone.localdate()


@stage
def city(db: None) -> Bureau:
    return make_bureau(level=BureauLevel.CITY, name="铁岭市应急管理局")


@stage
def county(city: Bureau) -> Bureau:
    return make_bureau(parent=city, name="开原市应急管理局")


@stage
def head(county: Bureau, today: dt.date) -> Acting:
    return make_acting(Role.BUREAU_HEAD, bureau=county, on=today)


@stage
def city_head(city: Bureau, today: dt.date) -> Acting:
    return make_acting(Role.BUREAU_HEAD, bureau=city, on=today)


def choose(
    by: Acting, name: str, value: str, *, starts_on: dt.date | None = None
) -> BureauPolicy:
    """Let a bureau's head set a policy, from today unless said."""
    assert by.bureau is not None
    return set_policy(
        bureau=by.bureau,
        name=name,
        value=value,
        starts_on=starts_on or by.on,
        reason=REASON,
        by=by,
        at=timezone.now(),
    )


def policy_url(name: str) -> str:
    return reverse("policy", args=[name])


def typed(value: str, starts_on: dt.date, reason: str = REASON) -> dict[str, str]:
    return {"value": value, "starts_on": starts_on.isoformat(), "reason": reason}


def page(response: Any) -> str:
    return str(response.content.decode())


class TestTheOverview:
    def test_shows_every_policy_with_default_and_source(self, head: Acting) -> None:
        response = signed_in(head).get(reverse(INDEX))

        assert [s.definition.name for s in response.context["standings"]] == [*POLICIES]
        assert "day 15 of the month" in page(response)
        assert "安监总局令第16号" in page(response)

    def test_speaks_the_readers_language(self, head: Acting) -> None:
        client = signed_in(head)
        definition = DEFINITIONS["filing_due_day"]

        english = page(client.get(reverse(INDEX), headers={"accept-language": "en"}))
        chinese = page(
            client.get(reverse(INDEX), headers={"accept-language": "zh-hans"})
        )

        assert definition.en in english
        assert definition.zh in chinese

    def test_says_which_superior_bureau_chose(
        self, head: Acting, city_head: Acting
    ) -> None:
        choose(city_head, "filing_due_day", "10")

        text = page(signed_in(head).get(reverse(INDEX)))

        assert "day 10 of the month" in text
        assert "Set by 铁岭市应急管理局" in " ".join(text.split())

    def test_lets_the_nearest_bureau_decide(
        self, head: Acting, city_head: Acting
    ) -> None:
        choose(city_head, "filing_due_day", "10")
        choose(head, "filing_due_day", "12")

        text = page(signed_in(head).get(reverse(INDEX)))

        assert "day 12 of the month" in text
        assert "Set by this bureau" in text

    def test_announces_what_is_coming(self, head: Acting, today: dt.date) -> None:
        choose(head, "late_report_days", "3", starts_on=today + dt.timedelta(days=9))

        text = page(signed_in(head).get(reverse(INDEX)))

        assert "7 days" in text, "holds today"
        assert "3 days" in text, "is coming"

    def test_shows_the_due_times_of_four_quarters(
        self, head: Acting, county: Bureau, today: dt.date
    ) -> None:
        choose(head, "filing_due_day", "12")

        response = signed_in(head).get(reverse(INDEX))

        rows = response.context["dues"]
        this = Quarter.containing(today)
        assert [row.quarter for row in rows] == [this.shifted(n) for n in range(4)]
        assert [row.due for row in rows] == [
            due_for(county, row.quarter, on=today) for row in rows
        ]
        # Set today: this quarter goes on as it began, unless it begins today.
        named = [(row.due.rolled_from or row.due.on).day for row in rows]
        assert named[1:] == [12, 12, 12]

    def test_marks_what_an_unpublished_calendar_leaves_open(self, head: Acting) -> None:
        response = signed_in(head).get(reverse(INDEX))

        provisional = any(row.due.provisional for row in response.context["dues"])
        assert ("Provisional" in page(response)) == provisional

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.DECIDING_OFFICER])
    def test_is_for_everybody_of_the_bureau(
        self, county: Bureau, role: Role, today: dt.date
    ) -> None:
        person = make_acting(role, bureau=county, on=today)

        response = signed_in(person).get(reverse(INDEX))

        assert response.status_code == 200
        assert "Only the head" in page(response)

    @pytest.mark.parametrize(
        "url", [reverse("policies"), policy_url("cutoff"), reverse("bureau-days")]
    )
    def test_is_nobody_elses(self, url: str, today: dt.date) -> None:
        principal = make_acting(Role.PRINCIPAL, enterprise=make_enterprise(), on=today)
        operator = make_acting(Role.OPERATOR, on=today)

        assert signed_in(principal).get(url).status_code == 404
        assert signed_in(operator).get(url).status_code == 404

    def test_takes_as_many_queries_for_many_entries_as_for_few(
        self, head: Acting, today: dt.date
    ) -> None:
        client = signed_in(head)

        def queries(count: int) -> int:
            for number in range(BureauPolicy.objects.count(), count):
                day = today + dt.timedelta(days=number)
                choose(head, "filing_due_day", "12", starts_on=day)
                declare(head, day)
            with CaptureQueriesContext(connection) as caught:
                client.get(reverse(INDEX))
            return len(caught)

        queries(1)  # the session's first page writes when it was seen
        assert queries(3) == queries(30)


class TestSettingAPolicy:
    @pytest.mark.parametrize("name", POLICIES)
    def test_offers_a_form_for_every_policy(self, head: Acting, name: str) -> None:
        response = signed_in(head).get(policy_url(name))

        assert response.status_code == 200
        assert 'name="value"' in page(response)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("cutoff", "finding"),
            ("filing_due_day", "12"),
            ("roll_due_date_over_holidays", "false"),
            ("first_quarter", "2026Q1"),
            ("regime_start", "2025-04-01"),
        ],
    )
    def test_holds_from_the_day_with_its_reason(
        self, head: Acting, today: dt.date, name: str, value: str
    ) -> None:
        response = signed_in(head).post(
            policy_url(name), typed(value, today), follow=True
        )

        row = BureauPolicy.objects.get()
        assert (row.name, row.value, row.starts_on) == (name, value, today)
        assert (row.reason, row.recorded_by) == (REASON, head.user)
        assert str(first_quarter_from(today)) in page(response)
        assert REASON in page(response)

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("filing_due_day", "29", "from 1 to 28"),
            ("filing_due_day", "soon", "from 1 to 28"),
            ("cutoff", "whenever", "one of the values"),
            ("roll_due_date_over_holidays", "maybe", "yes or no"),
            ("first_quarter", "2026-1", "like 2026Q3"),
            ("regime_start", "2026-02-30", "that exists"),
            ("filing_due_day", "", "what shall hold"),
        ],
    )
    def test_says_what_a_value_must_be_and_keeps_what_was_typed(
        self, head: Acting, today: dt.date, name: str, value: str, sentence: str
    ) -> None:
        response = signed_in(head).post(policy_url(name), typed(value, today))

        assert sentence in " ".join(response.context["form"].errors["value"])
        assert REASON in page(response)
        assert not BureauPolicy.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value", "starts_on", "said"),
        [
            ("late_report_days", "3", "9999-12-31", "9999-12-31 cannot be meant"),
            ("regime_start", "9999-12-31", "2099-12-31", "No such year can be meant"),
            ("first_quarter", "9999Q4", "2099-12-31", "No such year can be meant"),
        ],
    )
    def test_refuses_a_year_that_nobody_means(
        self, head: Acting, name: str, value: str, starts_on: str, said: str
    ) -> None:
        day = dt.date.fromisoformat(starts_on)
        response = signed_in(head).post(policy_url(name), typed(value, day))

        assert said in page(response)
        assert not BureauPolicy.objects.exists()

    def test_refuses_days_that_have_passed(self, head: Acting, today: dt.date) -> None:
        yesterday = today - dt.timedelta(days=1)

        response = signed_in(head).post(
            policy_url("filing_due_day"), typed("12", yesterday)
        )

        assert "days that have passed" in page(response)
        assert not BureauPolicy.objects.exists()

    def test_shows_the_refusal_of_the_service_on_the_form(
        self, head: Acting, today: dt.date
    ) -> None:
        later = today + dt.timedelta(days=30)
        choose(head, "filing_due_day", "10", starts_on=later)

        response = signed_in(head).post(
            policy_url("filing_due_day"), typed("12", today)
        )

        assert "choose a later day" in page(response)
        assert BureauPolicy.objects.count() == 1

    def test_keeps_the_history_of_the_whole_line(
        self, head: Acting, city_head: Acting, today: dt.date
    ) -> None:
        choose(city_head, "filing_due_day", "10")
        choose(head, "filing_due_day", "12")
        tomorrow = today + dt.timedelta(days=1)

        response = signed_in(head).post(
            policy_url("filing_due_day"), typed("14", tomorrow), follow=True
        )

        text = page(response)
        for day in (10, 12, 14):
            assert f"day {day} of the month" in text
        old = BureauPolicy.objects.get(value="12")
        assert old.ends_on == today

    def test_is_the_heads_alone(
        self, county: Bureau, city_head: Acting, today: dt.date
    ) -> None:
        reviewer = make_acting(Role.REVIEWER, bureau=county, on=today)

        response = signed_in(reviewer).post(
            policy_url("filing_due_day"), typed("12", today)
        )

        assert response.status_code == 403
        assert "Only the head" in page(response)
        assert not BureauPolicy.objects.exists()

    def test_of_a_name_that_does_not_exist_is_not_found(self, head: Acting) -> None:
        assert signed_in(head).get(policy_url("nonsense")).status_code == 404


class TestDeclaringADay:
    def test_moves_the_due_day(
        self, head: Acting, county: Bureau, today: dt.date
    ) -> None:
        quarter = Quarter.containing(today)
        before = due_for(county, quarter, on=today)

        response = signed_in(head).post(
            reverse("bureau-days"),
            {"day": before.on.isoformat(), "kind": "off", "reason": REASON},
            follow=True,
        )

        assert response.status_code == 200
        assert "day off" in page(response)
        assert due_for(county, quarter, on=today).on > before.on

    def test_refuses_the_same_twice_and_days_that_have_passed(
        self, head: Acting, today: dt.date
    ) -> None:
        client = signed_in(head)
        said = {"day": today.isoformat(), "kind": "off", "reason": REASON}
        client.post(reverse("bureau-days"), said)

        again = client.post(reverse("bureau-days"), said)
        past = client.post(reverse("bureau-days"), {**said, "day": "2025-01-02"})

        assert "already said so" in page(again)
        assert "has passed" in page(past)
        assert BureauDay.objects.count() == 1

    def test_is_the_heads_alone(self, county: Bureau, today: dt.date) -> None:
        reviewer = make_acting(Role.REVIEWER, bureau=county, on=today)
        said = {"day": today.isoformat(), "kind": "off", "reason": REASON}

        response = signed_in(reviewer).post(reverse("bureau-days"), said)

        assert response.status_code == 403
        assert not BureauDay.objects.exists()


class TestTheFirstQuarter:
    @pytest.mark.parametrize(
        ("day", "quarter"),
        [
            (dt.date(2026, 1, 1), "2026Q1"),
            (dt.date(2026, 1, 2), "2026Q2"),
            (dt.date(2026, 12, 31), "2027Q1"),
        ],
    )
    def test_is_the_one_that_begins_on_the_day_or_after_it(
        self, day: dt.date, quarter: str
    ) -> None:
        assert str(first_quarter_from(day)) == quarter


def declare(by: Acting, day: dt.date) -> None:
    """Let a bureau's head declare a day off."""
    assert by.bureau is not None
    set_day(
        bureau=by.bureau,
        day=day,
        is_workday=False,
        reason=REASON,
        by=by,
        at=timezone.now(),
    )
