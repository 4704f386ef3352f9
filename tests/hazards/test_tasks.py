"""The nightly sweep takes what no longer counts, and nothing that does."""

import datetime as dt

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Attempt
from accounts.services import attempts, sign_in
from hazards import tasks
from tests.factories import NOW

MOMENT = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)


def tried(key: str, at: dt.datetime) -> None:
    Attempt.objects.create(key=key, since=at, last_at=at, count=3)


def session(key: str, *, until: dt.datetime) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=until)


@pytest.mark.django_db
def test_tries_of_over_a_day_ago_are_forgotten_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(3):
        tried(f"old{number}", NOW - DAY - MOMENT)
    tried("a day ago", NOW - DAY)

    with django_assert_num_queries(1):
        assert attempts.forget_old(at=NOW) == 3
    assert attempts.forget_old(at=NOW) == 0
    assert Attempt.objects.get().key == "a day ago"


@pytest.mark.django_db
def test_sessions_that_have_ended_are_deleted_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(3):
        session(f"ended{number}", until=NOW - MOMENT)
    session("lasts", until=NOW)

    with django_assert_num_queries(1):
        assert sign_in.forget_expired_sessions(at=NOW) == 3
    assert sign_in.forget_expired_sessions(at=NOW) == 0
    assert Session.objects.get().session_key == "lasts"


@pytest.mark.django_db
def test_the_sweep_does_both_and_may_run_twice() -> None:
    now = timezone.now()
    for name, at in (("old", now - 2 * DAY), ("new", now)):
        tried(name, at)
        session(name, until=at + DAY)

    tasks.sweep()
    tasks.sweep()

    assert Attempt.objects.get().key == "new"
    assert Session.objects.get().session_key == "new"


def test_the_sweep_comes_once_a_night() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["sweep"]
    assert entry["task"] == tasks.sweep.name
    assert entry["schedule"] == crontab(hour="3", minute="30")
    assert settings.CELERY_TIMEZONE == "Asia/Shanghai"
