"""A statement that takes too long is stopped, and the page says so (promise S22)."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from portal import urls
from portal.stack.postgres import APPLICATION
from portal.stack.state import ROOT
from tests.servers import database_name, postgres

handler404, handler500 = urls.handler404, urls.handler500


def _slow(request: HttpRequest) -> HttpResponse:
    """A page that asks for what takes a minute: only here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return HttpResponse("never")


urlpatterns = [path("slow/", _slow), path("", include("portal.urls"))]

SHOW = """
import portal.wsgi
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_the_page_is_given_up_with_a_sentence_and_the_next_one_works() -> None:
    client = Client(headers={"accept-language": "en"})
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
    try:
        answer = client.get("/slow/")

        assert answer.status_code == 503
        assert "This took too long and was stopped" in answer.content.decode()
        assert client.get("/account/login/").status_code == 200
    finally:
        connection.close()


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "limit"), [(None, "10s"), ("0.25", "250ms")])
def test_the_web_s_connections_have_a_limit(said: str | None, limit: str) -> None:
    assert _shown(SHOW, said) == limit


@pytest.mark.django_db
def test_jobs_and_commands_take_their_time() -> None:
    jobs = SHOW.replace("portal.wsgi", "portal.celery, django; django.setup()")
    assert _shown(jobs, None) == "0"


def _shown(script: str, said: str | None) -> str:
    environment = {
        **os.environ,
        "DATABASE_URL": postgres().url(APPLICATION, database_name()),
    }
    environment.pop("DATABASE_STATEMENT_SECONDS", None)
    if said is not None:
        environment["DATABASE_STATEMENT_SECONDS"] = said
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-c", script],
        env=environment | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
