"""Whose terms as principal the facts of a determination name."""

import datetime as dt

import pytest

from accounts.models import Role
from hazards.queries.filed_facts import people_of
from tests.factories import make_enterprise, make_membership, make_user

pytestmark = pytest.mark.django_db
JUNE, JULY = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
OCTOBER = dt.date(2026, 10, 1)


def test_terms_that_follow_each_other_are_one() -> None:
    enterprise, user = make_enterprise(), make_user()
    first = make_membership(
        Role.PRINCIPAL, user=user, enterprise=enterprise, ends_on=JUNE
    )
    make_membership(Role.PRINCIPAL, user=user, enterprise=enterprise, starts_on=JULY)

    (term,) = people_of([enterprise.pk])[enterprise.pk].principals

    assert term.person == str(first.public_id)
    assert (term.from_on, term.to_on) == (first.starts_on, None)


def test_whoever_comes_back_is_the_same_person_with_two_terms() -> None:
    enterprise, user = make_enterprise(), make_user()
    make_membership(Role.PRINCIPAL, user=user, enterprise=enterprise, ends_on=JUNE)
    make_membership(
        Role.PRINCIPAL,
        enterprise=enterprise,
        starts_on=JULY,
        ends_on=OCTOBER - dt.timedelta(days=1),
    )
    make_membership(Role.PRINCIPAL, user=user, enterprise=enterprise, starts_on=OCTOBER)

    one, other, back = people_of([enterprise.pk])[enterprise.pk].principals

    assert one.person == back.person != other.person
    assert back.from_on == OCTOBER


def test_a_successor_is_another_person_from_the_day_after() -> None:
    enterprise = make_enterprise()
    make_membership(Role.PRINCIPAL, enterprise=enterprise, ends_on=JUNE)
    make_membership(Role.PRINCIPAL, enterprise=enterprise, starts_on=JULY)

    one, other = people_of([enterprise.pk])[enterprise.pk].principals

    assert one.person != other.person
    assert (one.to_on, other.from_on) == (JUNE, JULY)
