"""An enterprise's board of hazards, a bureau's list, and the files it goes out as."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Event, Role
from hazards.models import HazardActKind, HazardExtension, MajorHazard
from hazards.queries import hazard_boards
from hazards.services.lives import Living
from hazards.views import boards as board_views
from tests.factories import make_acting, make_bureau, queries_of, signed_in
from tests.factories_lives import begin_report, do, planned_hazard, reported_hazard
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import a_moment, page, words

pytestmark = pytest.mark.django_db

LIST = "/hazards/"


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def planned(desks: Desks, *, days: int, ago: float = 20, **changes: Any) -> MajorHazard:
    at = timezone.now() - dt.timedelta(days=ago)
    return planned_hazard(desks, at=at, due_on=in_days(days), **changes)


def ended(desks: Desks) -> MajorHazard:
    hazard = reported_hazard(desks, at=a_moment())
    return do(hazard, HazardActKind.DOWNGRADE, desks.reviewer, at=timezone.now())


class TestBoard:
    def test_shows_each_open_hazard_in_its_column_overdue_first(
        self, seats: Desks
    ) -> None:
        later, late = planned(seats, days=9), planned(seats, days=-2, ago=19)
        new = reported_hazard(seats, at=a_moment())
        draft = begin_report(seats, at=a_moment()).hazard
        response = signed_in(seats.clerk).get(LIST)
        columns = {
            str(column): [card.hazard for card in cards]
            for column, cards in response.context["board"].columns.items()
        }
        assert columns == {
            "to-report": [draft],
            "to-plan": [new],
            "to-rectify": [late, later],
            "to-close": [],
            "recheck": [],
        }
        assert "2 days past its deadline" in words(response)
        assert "suspected overdue, to be verified" in words(response)

    def test_narrows_by_site_state_and_words(self, seats: Desks) -> None:
        hazard = planned(seats, days=9, place="3号退火炉炉门")
        other = reported_hazard(seats, at=a_moment())
        client = signed_in(seats.member)
        for query, found in (
            ("words=退火炉", [hazard]),
            (f"words={other.number[-5:]}", [other]),
            ("words=没有", []),
            ("state=reported", [other]),
            (f"site={seats.site.public_id}", [hazard, other]),
            ("state=never", [hazard, other]),
        ):
            board = client.get(f"{LIST}?{query}").context["board"]
            shown = {card.hazard.pk for card in board.cards}
            assert shown == {each.pk for each in found}, query

    def test_what_was_said_before_no_longer_finds_it(self, seats: Desks) -> None:
        planned(seats, days=9, place="3号退火炉炉门")
        board = signed_in(seats.clerk).get(f"{LIST}?words=熔炼炉炉前").context["board"]
        assert board.cards == []

    def test_keeps_what_has_ended_behind_a_page_of_its_own(
        self, seats: Desks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hazard_boards, "PAGE_SIZE", 1)
        first, second = ended(seats), ended(seats)
        client = signed_in(seats.clerk)
        board = client.get(LIST)
        assert (board.context["board"].cards, board.context["board"].ended) == ([], 2)
        newest = client.get(f"{LIST}?ended=1").context["page"]
        assert [card.hazard for card in newest.cards] == [second]
        older = client.get(f"{LIST}?ended=1&after={newest.next_key}").context["page"]
        assert [card.hazard for card in older.cards] == [first]
        assert older.next_key == ""
        for key in ("x", "-1", "9" * 30):
            again = client.get(f"{LIST}?ended=1&after={key}").context["page"]
            assert [card.hazard for card in again.cards] == [second]

    def test_asks_no_more_for_many_than_for_few(self, seats: Desks) -> None:
        client = signed_in(seats.clerk)
        for each in range(2):
            planned(seats, days=each, ago=20 - each)
        few = queries_of(client, LIST)
        for each in range(8):
            planned(seats, days=each, ago=15 - each)
        assert queries_of(client, LIST) == few


class TestList:
    def test_puts_what_is_past_its_deadline_first_and_says_so(
        self, seats: Desks
    ) -> None:
        new = reported_hazard(seats, at=a_moment())
        later, late = planned(seats, days=9), planned(seats, days=-2, ago=19)
        response = signed_in(seats.reviewer).get(LIST)
        lines = response.context["page"].lines
        assert [line.hazard for line in lines] == [late, later, new]
        said = words(response)
        assert "2 days past its deadline" in said
        assert "suspected overdue, to be verified" in said
        assert "neither enterprises nor bureaus are ranked" in said

    def test_narrows_to_a_bureau_below_and_to_what_asks_for_time(self) -> None:
        city = make_bureau()
        county = make_desks(bureau=make_bureau(parent=city), on=timezone.localdate())
        hazard, other = planned(county, days=9), planned(county, days=8, ago=19)

        def asked(life: Living) -> None:
            life.hazard.extension_asked_at = life.act.at
            HazardExtension.objects.create(
                asked=life.act,
                from_on=in_days(9),
                to_on=in_days(30),
                interim_measures="专人值守。",
                by_bureau=True,
            )

        at = a_moment()
        do(hazard, HazardActKind.ASK_EXTENSION, county.clerk, at=at, then=asked)
        client = signed_in(
            make_acting(Role.REVIEWER, bureau=city, on=timezone.localdate())
        )
        below = client.get(f"{LIST}?bureau={county.bureau.public_id}").context["page"]
        assert [line.hazard for line in below.lines] == [other, hazard]
        response = client.get(f"{LIST}?asked=on")
        assert [line.hazard for line in response.context["page"].lines] == [hazard]
        assert "asks for time until" in words(response)
        assert client.get(f"{LIST}?recheck=on").context["page"].lines == []
        overdue = client.get(f"{LIST}?overdue=on").context["page"]
        assert overdue.lines == []

    def test_shows_drafts_and_what_is_not_reported_to_nobody_else(
        self, seats: Desks
    ) -> None:
        begin_report(seats, at=a_moment())
        assert signed_in(seats.reviewer).get(LIST).context["page"].lines == []

    def test_off_the_books_is_a_list_of_its_own(self, seats: Desks) -> None:
        hazard = ended(seats)
        client = signed_in(seats.reviewer)
        assert client.get(LIST).context["page"].lines == []
        lines = client.get(f"{LIST}?order=ended").context["page"].lines
        assert [line.hazard for line in lines] == [hazard]

    @pytest.mark.parametrize("order", ["deadline", "age"])
    def test_asks_no_more_for_many_than_for_few(self, seats: Desks, order: str) -> None:
        client, url = signed_in(seats.reviewer), f"{LIST}?order={order}"
        for each in range(2):
            planned(seats, days=each, ago=20 - each)
        few = queries_of(client, url)
        for each in range(8):
            planned(seats, days=each, ago=15 - each)
        assert queries_of(client, url) == few


class TestExport:
    def test_as_csv_says_what_it_is_and_is_written_down(self, seats: Desks) -> None:
        late = planned(seats, days=-2)
        response = signed_in(seats.reviewer).get(f"{LIST}export/csv/?overdue=on")
        rows = csv_rows(response)
        assert rows[0] == ["Major hazards", seats.bureau.name]
        assert "nobody is ranked" in rows[3][1]
        assert "past the deadline: yes" in rows[2][1]
        row = dict(zip(rows[5], rows[6], strict=True))
        assert row["Number"] == late.number
        assert row["Deadline"] == in_days(-2).isoformat()
        assert row["Suspected overdue, to be verified"] == "yes"
        event = Event.objects.get(action="export-hazards")
        assert event.parameters["format"] == "csv"

    # S19
    def test_as_xlsx_lets_no_text_become_a_formula(self, seats: Desks) -> None:
        planned(seats, days=4, place="=1+1")
        response = signed_in(seats.reviewer).get(f"{LIST}export/xlsx/")
        sheet = load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        cells = [cell for row in sheet.iter_rows() for cell in row]
        (place,) = (cell for cell in cells if cell.value == "=1+1")
        assert (place.data_type, place.quotePrefix) == ("s", True)

    def test_too_many_rows_for_xlsx_are_refused_with_what_to_do(
        self, seats: Desks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(board_views, "XLSX_ROWS", 0)
        planned(seats, days=4)
        response = signed_in(seats.reviewer).get(f"{LIST}export/xlsx/")
        assert response.status_code == 409
        assert "take it as CSV" in words(response)

    def test_is_a_bureau_s(self, seats: Desks) -> None:
        response = signed_in(seats.clerk).get(f"{LIST}export/csv/")
        assert response.status_code == 403
        url = reverse("hazards-export", args=["pdf"])
        assert signed_in(seats.reviewer).get(url).status_code == 404


def test_the_board_leads_to_the_report_at_once(seats: Desks) -> None:
    assert "hazards" in page(signed_in(seats.clerk).get(LIST))


def csv_rows(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline="")))
