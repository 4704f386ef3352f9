"""The statistics on pages and as files: what is shown is what is counted or signed."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from hazards.rules.statistics_sheet import OWN_LAYOUT
from hazards.services import general_hazards
from tests.database.stages import stage
from tests.factories import NOW, signed_in
from tests.factories_lives import general_description, send_and_sign
from tests.factories_reports import Desks, make_desks, make_report
from tests.pdf_text import text_of

pytestmark = pytest.mark.django_db


@stage
def desks(db: None) -> Desks:
    """With a general hazard of the second quarter, and its report signed."""
    desks = make_desks()
    report = make_report(desks)
    _found(desks)
    send_and_sign(report, desks)
    return desks


def _found(desks: Desks) -> None:
    general_hazards.record(
        said=general_description(desks, found_on=dt.date(2026, 6, 30)),
        by=desks.clerk,
        at=NOW,
    )


def cells(content: bytes) -> dict[str, tuple[str, ...]]:
    """The lines of the sheet by their first cell."""
    (worksheet,) = load_workbook(io.BytesIO(content)).worksheets
    return {
        str(row[0]): tuple(str(value) for value in row[1:] if value is not None)
        for row in worksheet.iter_rows(values_only=True)
        if row and row[0] is not None
    }


def test_the_page_shows_the_ledger_and_what_was_signed(desks: Desks) -> None:
    client, url = signed_in(desks.principal), reverse("statistics") + "?quarter=2026Q2"
    page = client.get(url)
    assert not page.context["page"].differs
    assert OWN_LAYOUT in page.content.decode()
    _found(desks)
    page = client.get(url)
    shown = page.context["page"]
    assert shown.differs
    assert shown.live["quarter"]["general"]["found"] == 2
    assert shown.signed["quarter"]["general"]["found"] == 1
    assert "The ledger has moved on" in page.content.decode()


def test_the_sheet_of_the_ledger_says_that_nobody_signed_it(desks: Desks) -> None:
    client = signed_in(desks.clerk)
    book = client.get(reverse("statistics-file", args=["2026Q2", "xlsx"]))
    lines = cells(book.content)
    assert "未经签字" in lines["数据来源"][0]
    assert lines["项目"] == ("本季度", "本年度")
    assert lines["开展自查"] == ("1", "1")
    assert OWN_LAYOUT in lines
    answer = client.get(reverse("statistics-file", args=["2026Q2", "pdf"]))
    assert "未经签字" in text_of(answer.content)


def test_the_bureau_takes_the_sheet_as_it_was_signed(desks: Desks) -> None:
    _found(desks)
    report = desks.enterprise.reports.get()
    client = signed_in(desks.reviewer)
    url = reverse("report-statistics", args=[report.public_id, 1, "xlsx"])
    lines = cells(client.get(url).content)
    assert "回执HZ-" in lines["数据来源"][0]
    assert lines["项目"] == ("本季度",)
    pdf = client.get(reverse("report-statistics", args=[report.public_id, 1, "pdf"]))
    assert OWN_LAYOUT in text_of(pdf.content)
    page = client.get(reverse("report", args=[report.public_id]))
    assert OWN_LAYOUT in page.content.decode()


@pytest.mark.parametrize("arguments", [("2026Q5", "pdf"), ("2026Q2", "docx")], ids=str)
def test_there_is_no_other_sheet(desks: Desks, arguments: tuple[str, str]) -> None:
    client = signed_in(desks.clerk)
    assert client.get(reverse("statistics-file", args=arguments)).status_code == 404


def test_a_version_without_counts_has_no_sheet(desks: Desks) -> None:
    report = desks.enterprise.reports.get()
    url = reverse("report-statistics", args=[report.public_id, 2, "pdf"])
    assert signed_in(desks.clerk).get(url).status_code == 404


def test_the_team_sees_the_counts_while_it_writes() -> None:
    desks = make_desks()
    report = make_report(desks)
    page = signed_in(desks.clerk).get(reverse("report-edit", args=[report.public_id]))
    assert OWN_LAYOUT in page.content.decode()
