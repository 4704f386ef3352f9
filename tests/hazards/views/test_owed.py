"""The bureau's list of who owes what, and the files that it goes out as."""

import csv
import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Event, Role
from hazards.models import ReportStatus
from hazards.views import owed as owed_views
from tests.factories import make_acting, make_bureau, queries_of, signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import last_quarter, make_filed, page, tick, words

pytestmark = pytest.mark.django_db

LIST = "/owed/"
# Beginnings that a spreadsheet takes for a formula, full-width forms included.
PAYLOADS = [
    "=HYPERLINK(A1)",
    "+1+1",
    "-2-3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "  =1+1",
    "　=1+1",
]
PLAIN = ["开原铸造有限公司", 'a "quoted", name', "'quoted", "1=1", "a;b", "2026-01-01"]


def csv_rows(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def named(seats: Desks, name: str) -> Desks:
    others = make_desks(bureau=seats.bureau)
    type(others.enterprise).objects.filter(pk=others.enterprise.pk).update(name=name)
    return others


@pytest.mark.parametrize("who", ["reviewer", "head"])
def test_the_bureau_sees_who_owes_and_in_which_order(seats: Desks, who: str) -> None:
    make_filed(seats, ReportStatus.AWAITING_SIGNATURE)
    tick()
    response = signed_in(getattr(seats, who)).get(LIST)

    said = words(response)
    lines = response.context["page"].lines
    assert [line.duty.due_at for line in lines] == sorted(
        line.duty.due_at for line in lines
    )
    assert seats.enterprise.name in said
    assert "neither enterprises nor bureaus are ranked" in said
    assert "awaiting signature" in said
    assert "days ago" in said


def test_the_bureau_s_desk_says_how_many_and_the_oldest(seats: Desks) -> None:
    tick()
    response = signed_in(seats.reviewer).get(reverse("desk"))
    missing = response.context["figures"].missing
    assert missing > 0
    assert f"missing, to be verified {missing}" in words(response)
    assert LIST in page(response)


def test_a_superior_bureau_narrows_to_one_below(seats: Desks) -> None:
    superior = make_bureau()
    below = make_bureau(parent=superior)
    make_desks(bureau=below)
    head = make_acting(Role.BUREAU_HEAD, bureau=superior)
    tick()
    client = signed_in(head)
    assert client.get(LIST).context["page"].lines
    chosen = client.get(LIST, {"bureau": str(below.public_id)})
    assert chosen.context["page"].lines
    own = client.get(LIST, {"bureau": str(superior.public_id)})
    assert not own.context["page"].lines
    assert "Nothing of this kind" in words(own)
    # One that is not below: the filter is not understood, and shows no more.
    elsewhere = client.get(LIST, {"bureau": str(seats.bureau.public_id)})
    assert "could not be read" in words(elsewhere)
    assert seats.enterprise.name not in words(elsewhere)


def test_what_is_coming_due_has_a_tab(seats: Desks) -> None:
    tick()
    response = signed_in(seats.reviewer).get(LIST, {"tab": "coming"})
    assert {line.duty.state for line in response.context["page"].lines} == {"not_due"}


def test_an_empty_list_says_so(seats: Desks) -> None:
    assert "Nobody owes anything" in words(signed_in(seats.reviewer).get(LIST))
    coming = signed_in(seats.reviewer).get(LIST, {"tab": "coming"})
    assert "Nothing is coming due" in words(coming)


@pytest.mark.parametrize("name", ["owed", "desk"])
def test_it_asks_the_same_few_questions_for_few_and_many(
    seats: Desks, name: str
) -> None:
    tick()
    client = signed_in(seats.reviewer)
    few = queries_of(client, reverse(name))
    for _ in range(9):
        make_desks(bureau=seats.bureau)
    tick()
    assert queries_of(client, reverse(name)) == few


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_csv_nothing_is_a_formula(seats: Desks, payload: str) -> None:  # S19
    named(seats, payload)
    tick()
    rows = csv_rows(signed_in(seats.reviewer).get("/owed/export/csv/"))
    assert f"'{payload}" in {row[0] for row in rows if row}
    for row in rows:
        for cell in row:
            assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠")


def test_in_xlsx_everything_is_text(seats: Desks) -> None:  # S19
    for name in (*PAYLOADS, *PLAIN):
        named(seats, name)
    tick()
    response: Any = signed_in(seats.reviewer).get("/owed/export/xlsx/")
    book = load_workbook(io.BytesIO(response.content))
    sheet: Any = book.active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    risky = {cell.value.lstrip() for cell in cells if cell.value and cell.quotePrefix}

    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert {payload.lstrip() for payload in PAYLOADS} <= risky
    assert set(PLAIN) <= {cell.value for cell in cells}


def test_in_csv_other_values_come_back_as_they_were(seats: Desks) -> None:  # S19
    for name in PLAIN:
        named(seats, name)
    tick()
    rows = csv_rows(signed_in(seats.reviewer).get("/owed/export/csv/"))
    assert set(PLAIN) <= {row[0] for row in rows if row}


def test_the_file_says_which_clock_and_filter_it_shows(seats: Desks) -> None:
    tick()
    quarter = str(last_quarter())
    query = f"?period={quarter}&state=missing"
    rows = csv_rows(signed_in(seats.head).get(f"/owed/export/csv/{query}"))
    head = {row[0]: row[1] for row in rows[:5]}

    assert head["Who owes what"] == f"{seats.bureau.name} · owed"
    assert head["Last change by the clock"].endswith("(Asia/Shanghai)")
    assert f"Period: {quarter}" in head["Narrowed by"]
    assert "nobody is ranked" in head["Order"]
    (line,) = rows[7:]
    assert line[0] == seats.enterprise.name
    event = Event.objects.get(action="export-owed")
    assert (event.by, event.bureau) == (seats.head.user, seats.bureau)
    assert event.parameters["filter"]["Period"] == quarter


def test_the_file_has_every_row_however_many_a_page_has(
    seats: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        make_desks(bureau=seats.bureau)
    tick()
    rows = csv_rows(signed_in(seats.reviewer).get("/owed/export/csv/"))
    assert len({tuple(row) for row in rows[7:]}) == len(rows[7:]) > 30


def test_more_rows_than_an_xlsx_may_have_are_refused(
    seats: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick()
    monkeypatch.setattr(owed_views, "XLSX_ROWS", 1)
    response = signed_in(seats.reviewer).get("/owed/export/xlsx/")
    assert response.status_code == 409
    assert "take it as CSV" in words(response)
    assert not Event.objects.filter(action="export-owed").exists()


def test_there_is_no_other_format(seats: Desks) -> None:
    assert signed_in(seats.reviewer).get("/owed/export/pdf/").status_code == 404
