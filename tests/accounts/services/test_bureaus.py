"""Bureaus, their policies, and the first start."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accounts.codes.errors import CodeError
from accounts.models import Acting, Bureau, BureauPolicy, Event, Membership, Role
from accounts.permissions import NotPermittedError, RefusedError
from accounts.services import bureaus, first_start, policies
from tests.database.stages import stage
from tests.factories import NOW, PASSWORD, TODAY, make_acting, make_bureau

DAY = dt.timedelta(days=1)


@stage
def head(db: None) -> Acting:
    return make_acting(Role.BUREAU_HEAD, bureau=make_bureau())


def set_policy(
    by: Acting, value: str, starts_on: dt.date, bureau: Bureau | None = None
) -> BureauPolicy:
    assert by.bureau
    return policies.set_policy(
        bureau=bureau or by.bureau,
        name="filing-days",
        value=value,
        starts_on=starts_on,
        reason="局务会议",
        by=by,
        at=NOW,
    )


class TestPolicies:
    def test_a_new_one_ends_the_one_before(self, head: Acting) -> None:
        old = set_policy(head, "15", TODAY)

        set_policy(head, "10", TODAY + 91 * DAY)

        old.refresh_from_db()
        assert (old.ends_on, old.end_recorded_by) == (TODAY + 90 * DAY, head.user)
        held = BureauPolicy.objects.holding_on(TODAY + 91 * DAY).get()
        assert held.value == "10"

    def test_an_entry_from_the_same_day_or_later_refuses_it(self, head: Acting) -> None:
        set_policy(head, "15", TODAY)

        for day in (TODAY, TODAY - DAY):
            with pytest.raises(RefusedError, match="choose a later day"):
                set_policy(head, "10", day)

    def test_is_set_by_the_head_of_the_bureau_alone(self, head: Acting) -> None:
        reviewer = make_acting(Role.REVIEWER, bureau=head.bureau)
        other = make_acting(Role.BUREAU_HEAD, bureau=make_bureau())

        for by in (reviewer, other):
            with pytest.raises(NotPermittedError):
                set_policy(by, "10", TODAY, bureau=head.bureau)

    def test_is_ended_never_edited(self, head: Acting) -> None:
        row = set_policy(head, "15", TODAY)
        row.value = "90"

        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            row.save()

    def test_a_days_word_follows_the_one_before(self, head: Acting) -> None:
        assert head.bureau
        day = dt.date(2027, 2, 6)

        def say(by: Acting, *, is_workday: bool) -> object:
            assert by.bureau
            return policies.set_day(
                bureau=by.bureau,
                day=day,
                is_workday=is_workday,
                reason="通知",
                by=by,
                at=NOW,
            )

        say(head, is_workday=True)
        with pytest.raises(RefusedError, match="already said"):
            say(head, is_workday=True)
        say(head, is_workday=False)

        held = head.bureau.days.filter(ends_on__isnull=True).get()
        assert not held.is_workday
        assert Event.objects.filter(action="day-set").count() == 2


class TestBureaus:
    def test_lie_below_their_superior(self, db: None) -> None:
        city = make_bureau(level="city")
        county = make_bureau(parent=city)

        assert county.path == f"{city.pk}.{county.pk}."
        assert set(Bureau.objects.at_or_below(city)) == {city, county}
        assert set(Bureau.objects.at_or_below(county)) == {county}

    def test_cover_places_whose_superiors_are_stored_too(self, db: None) -> None:
        bureau = make_bureau(covers=("211282",))

        place = bureau.coverages.get().jurisdiction
        assert place.parent is not None
        assert place.parent.parent is not None
        codes = (place.code, place.parent.code, place.parent.parent.code)
        assert codes == ("211282", "211200", "210000")

    def test_are_made_by_the_operator(self, head: Acting) -> None:
        with pytest.raises(NotPermittedError):
            bureaus.create_bureau(name="x", level="county", by=head, at=NOW, on=TODAY)

    def test_have_names_of_their_own(self, head: Acting) -> None:
        assert head.bureau
        operator = make_acting(Role.OPERATOR)

        with pytest.raises(RefusedError, match="of this name"):
            bureaus.create_bureau(
                name=head.bureau.name, level="county", by=operator, at=NOW, on=TODAY
            )


@pytest.mark.django_db
class TestFirstStart:
    def bootstrap(self, **other: str) -> tuple[object, object]:
        values = {"username": "operator", "password": PASSWORD, **other}
        return first_start.bootstrap(
            full_name="运维",
            first=first_start.FirstBureau("铁岭市应急管理局", "city", ("211200",)),
            on=TODAY,
            at=NOW,
            **values,
        )

    def test_makes_operator_and_bureau(self) -> None:
        self.bootstrap()

        assert Membership.objects.get().role == Role.OPERATOR
        assert Bureau.objects.get().coverages.get().jurisdiction.name == "铁岭市"

    def test_happens_once(self) -> None:
        self.bootstrap()

        with pytest.raises(RefusedError, match="operator already"):
            self.bootstrap(username="second")

    def test_refuses_a_weak_password_and_leaves_nothing(self) -> None:
        with pytest.raises(ValidationError):
            self.bootstrap(password="short")

        assert not Membership.objects.exists()

    def test_refuses_a_number_as_username(self) -> None:
        with pytest.raises(RefusedError, match="cannot be a number"):
            self.bootstrap(username="13811112222")

    def test_refuses_a_place_that_is_not(self) -> None:
        with pytest.raises(CodeError):
            first_start.bootstrap(
                username="operator",
                full_name="运维",
                password=PASSWORD,
                first=first_start.FirstBureau("局", "city", ("999999",)),
                on=TODAY,
                at=NOW,
            )
