"""What a report says, as every page shows it."""

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from hazards.models import PLAN_FIELDS, SelfInspectionReport
from hazards.queries.report_pages import content_of
from hazards.templatetags.reports import part_label
from tests.factories import NOW
from tests.factories_reports import (
    Desks,
    make_hazard,
    make_report,
    shown_to,
)
from tests.hazards.attachments.files import make_photo

pytestmark = pytest.mark.django_db


def sheet(content: dict[str, Any], report: SelfInspectionReport) -> str:
    """The sheet's text, its marks between words kept."""
    page = Template("{% load reports %}{% report_sheet content %}")
    request = RequestFactory().get("/")
    return page.render(
        Context({"content": content, "report": report, "request": request})
    )


def live(desks: Desks, report: SelfInspectionReport) -> dict[str, Any]:
    """What would be signed now."""
    return content_of(shown_to(desks.principal, report))


def test_a_hazard_is_shown_whole(desks: Desks) -> None:
    report = make_report(desks)
    plan: dict[str, Any] = {column: f"{column}内容" for column in PLAN_FIELDS}
    stated = make_hazard(
        report,
        desks,
        causes="赶工 <b>",
        funds_planned="1.50",
        due_on=NOW.date(),
        **plan,
    )
    page = sheet(live(desks, report), report)
    assert stated.hazard.number in page
    assert "赶工 &lt;b&gt;" in page
    assert "1.5 万元" in page
    assert "1 major accident hazard is reported" in page
    assert "open, to be eliminated by" in page
    assert all(f"{column}内容" in page for column in PLAN_FIELDS)
    assert re.search(r'lang="zh-Hans">[^<]*承包', page)


def test_a_photo_stands_inline_its_digest_folded_away(desks: Desks) -> None:
    report = make_report(desks)
    photo = make_photo(report, desks)
    page = sheet(live(desks, report), report)
    inline, folded = page.split("Digests of the photos", 1)
    assert str(photo.attachment.public_id) in inline
    assert f"<code>{photo.attachment.sha256}</code>" in folded


def test_a_draft_without_photos_asks_for_none(
    desks: Desks, django_assert_num_queries: Any
) -> None:
    report = make_report(desks)
    make_hazard(report, desks)
    content = live(desks, report)
    with django_assert_num_queries(0):
        sheet(content, report)


def test_what_was_sealed_in_the_first_format_is_still_shown(desks: Desks) -> None:
    report = make_report(desks)
    content = live(desks, report)
    for key in ("hazards", "checklist", "act"):
        del content[key]
    page = sheet(content, report)
    assert "No major accident hazard was found" in page
    assert "How it was filed" not in page


@pytest.mark.parametrize(
    ("kind", "words"), [("unsigned", "未签字"), ("paper", "on paper"), ("signed", "")]
)
def test_how_it_was_filed_is_said_where_it_is_unusual(
    desks: Desks, kind: str, words: str
) -> None:
    report = make_report(desks)
    content = {**live(desks, report), "act": {"kind": kind, "reason": "出差"}}
    page = sheet(content, report)
    assert words in page
    assert ("How it was filed" in page) == bool(words)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("hazards[YH-20260706-ABCD1234].causes", "YH-20260706-ABCD1234: How it came"),
        ("hazards[YH-1].plan.emergency", "YH-1: Safety measures and emergency plan"),
        ("hazards[YH-1].plan", "YH-1: The plan"),
        ("hazards[YH-1].photos[aa].sha256", "YH-1: Photos and documents"),
        ("hazards[YH-1]", "Major accident hazard YH-1"),
        ("checklist[order-10-2023/3(1)].answer", "Checklist Article 3(1)"),
        ("act.reason", "Why the principal has not signed"),
        ("inspections[ZC-1].areas", "Inspection"),
        ("elsewhere", "elsewhere"),
    ],
)
def test_a_place_in_the_content_has_words(path: str, words: str) -> None:
    assert part_label(path).startswith(words)
