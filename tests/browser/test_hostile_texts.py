"""
Markup in every text that people ever typed stays text on every page (promise S20).

The world is built through the services; then, as the database's owner past every
trigger, each text with a Chinese character in it, sealed bytes and JSON included, gets
the payload put before it. So a field that is added later is hostile too.
"""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Error
from psycopg import sql
from psycopg.types.json import Jsonb
from pytest_django.live_server_helper import LiveServer

from hazards.rules.seals import canonical
from tests.access.table import ROWS
from tests.access.world import BUREAU, ENTERPRISE, World, make_world
from tests.browser.conftest import watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAYLOAD = "\"'><img data-hostile src=x onerror=alert(1)>"
# Who opens a page, of those whom the table lets in.
READERS = ("principal", "clerk", "leader", "head", "reviewer", "operator")


def hostile(value: Any) -> Any:
    """The value with the payload before every text that somebody typed."""
    if isinstance(value, str):
        typed = any("\u4e00" <= character <= "\u9fff" for character in value)
        return PAYLOAD + value if typed else value
    if isinstance(value, dict):
        return {key: hostile(part) for key, part in value.items()}
    if isinstance(value, list):
        return [hostile(part) for part in value]
    return value


def make_hostile(owner: psycopg.Connection) -> int:
    """Rewrite every typed text of the database; return how many."""
    changed = 0
    owner.execute("SET session_replication_role = replica")
    for model in apps.get_models():
        if model._meta.app_label not in {"accounts", "hazards"}:
            continue
        for field in model._meta.concrete_fields:
            if field.choices or not isinstance(
                field,
                models.CharField | models.TextField | models.JSONField,
            ):
                continue
            for pk, value in model._base_manager.values_list("pk", field.attname):
                now = hostile(value)
                if now != value:
                    length = getattr(field, "max_length", None)
                    changed += _write(owner, field, pk, now, length=length)
    for pk, content in apps.get_model("hazards.Seal").objects.values_list(
        "pk", "content"
    ):
        now = canonical(hostile(json.loads(bytes(content))))
        owner.execute("UPDATE hazards_seal SET content = %s WHERE id = %s", [now, pk])
    owner.execute("SET session_replication_role = DEFAULT")
    return changed


def _write(
    owner: psycopg.Connection,
    field: "models.Field[Any, Any]",
    pk: object,
    value: Any,
    *,
    length: int | None,
) -> int:
    if isinstance(value, str):
        value = value[:length]
    statement = sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(
        sql.Identifier(field.model._meta.db_table),
        sql.Identifier(field.attname),
        sql.Identifier(field.model._meta.pk.attname),
    )
    stored = Jsonb(value) if isinstance(field, models.JSONField) else value
    return owner.execute(statement, [stored, pk]).rowcount


def signed_in(browser: Browser, world: World, actor: str, url: str) -> BrowserContext:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(world.actors[actor].user)
    context = browser.new_context(locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": url}]
    )
    return context


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Every page of the access table, once for each side that may see it."""
    seen: set[tuple[str, str]] = set()
    for row in reversed(ROWS):
        if row.method != "get":
            continue
        url = reverse(row.name, kwargs=row.kwargs(world))
        for side in (ENTERPRISE, BUREAU, row.enter - ENTERPRISE - BUREAU):
            reader = next((r for r in READERS if r in row.enter & side), None)
            if reader and (row.name, reader) not in seen:
                seen.add((row.name, reader))
                yield reader, url


def test_markup_stays_text_on_every_page(  # S20
    browser: Browser, live_server: LiveServer, as_superuser: psycopg.Connection
) -> None:
    world = make_world()
    assert make_hostile(as_superuser) > 50
    by_reader: dict[str, list[str]] = {}
    for reader, url in pages(world):
        by_reader.setdefault(reader, []).append(url)

    shown = sum(
        look(signed_in(browser, world, reader, live_server.url), urls, live_server.url)
        for reader, urls in by_reader.items()
    )
    assert shown > 20


def look(context: BrowserContext, urls: list[str], portal: str) -> int:
    """Open each page; return how many showed the payload, as text."""
    complaints = watch(context)
    page = context.new_page()
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    shown = 0
    for url in urls:
        try:
            # Its scripts have run by then; pictures and letters tell nothing here.
            answer = page.goto(portal + url, wait_until="domcontentloaded")
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            continue
        if answer and not answer.headers["content-type"].startswith("text/html"):
            # A picture alone: the browser's own viewer breaks the picture's policy.
            complaints.clear()
            continue
        assert not complaints, url
        assert page.locator("[data-hostile]").count() == 0, url
        shown += "data-hostile" in page.inner_text("body")
    context.close()
    assert not complaints
    return shown
