"""Lists of enterprises: reading, checking, taking in. # S9 S17"""

import datetime as dt
import io
import threading
import zipfile
from collections.abc import Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from accounts.models import (
    Acting,
    Enterprise,
    EnterpriseImport,
    Event,
    HazardFeature,
    HighRiskDesignation,
    Invitation,
    Role,
    Site,
    StandardizationLevel,
    SupervisionAssignment,
)
from accounts.permissions import NotPermittedError, RefusedError
from accounts.queries.memberships import receiving_bureau
from accounts.services import enterprise_files, enterprise_imports
from tests.database.stages import stage
from tests.factories import (
    NOW,
    TODAY,
    make_acting,
    make_bureau,
    make_enterprise,
    make_uscc,
)

STARTS_ON = dt.date(2026, 4, 1)
HEADINGS = {column.name: column.heading for column in enterprise_files.COLUMNS}


def row(number: int = 1, **cells: object) -> dict[str, object]:
    """A row that is right, but for the cells given."""
    return {
        "uscc": make_uscc(900_000 + number),
        "name": f"开原第{number}厂",
        "registered_address": "开原市新城街1号",
        "county": 211282,
        "industry": "C3130",
        "established_on": dt.date(2015, 6, 1),
        **cells,
    }


def book(*rows: Mapping[str, object], headings: list[str] | None = None) -> bytes:
    """An XLSX with the rows."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    names = list(HEADINGS)
    sheet.append(headings or [HEADINGS[name] for name in names])
    for cells in rows:
        sheet.append([cells.get(name) for name in names])
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def upload(by: Acting, content: bytes) -> EnterpriseImport:
    return enterprise_imports.upload(
        file=io.BytesIO(content),
        file_name="开原.xlsx",
        size=len(content),
        starts_on=STARTS_ON,
        by=by,
        at=NOW,
    )


@stage
def reviewer(db: None) -> Acting:
    return make_acting(Role.REVIEWER, bureau=make_bureau())


def errors_of(by: Acting, *rows: Mapping[str, object]) -> list[dict[str, str]]:
    checked = enterprise_imports.checked(upload(by, book(*rows)), on=TODAY)
    return [dict(one.errors) for one in checked]


class TestReading:
    def test_the_template_has_the_headings_that_are_read(self) -> None:
        sheet = load_workbook(io.BytesIO(enterprise_files.template())).worksheets[0]

        assert [cell.value for cell in sheet[1]] == list(HEADINGS.values())

    def test_takes_dates_numbers_and_text_as_people_write_them(
        self, reviewer: Acting
    ) -> None:
        rows = [
            row(1, established_on="2015年6月1日", county="211282"),
            row(2, established_on="2015/6/1", uscc=make_uscc(900_002).lower()),
            row(3, established_on=dt.datetime(2015, 6, 1)),  # noqa: DTZ001 (as read)
        ]

        checked = enterprise_imports.checked(upload(reviewer, book(*rows)), on=TODAY)

        assert {one.said.established_on for one in checked if one.said} == {
            dt.date(2015, 6, 1)
        }

    @pytest.mark.parametrize(
        "content", [b"", b"PK", b"not a workbook", b"<?xml version='1.0'?><a/>"]
    )
    def test_refuses_what_is_no_workbook(
        self, reviewer: Acting, content: bytes
    ) -> None:
        with pytest.raises(RefusedError, match="not a readable XLSX"):
            upload(reviewer, content)

    def test_refuses_a_file_that_unpacks_to_far_more(self, reviewer: Acting) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
        assert len(packed.getvalue()) < 100_000

        with pytest.raises(RefusedError, match="unpacks to far more"):
            upload(reviewer, packed.getvalue())

    def test_refuses_an_entity_bomb(self, reviewer: Acting) -> None:
        bomb = (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
            b'<!ENTITY b "&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>'
        )
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(book(row()))) as good,
            zipfile.ZipFile(packed, "w") as bad,
        ):
            for name in good.namelist():
                bad.writestr(
                    name, bomb if name == "xl/workbook.xml" else good.read(name)
                )

        with pytest.raises(RefusedError, match="not a readable XLSX"):
            upload(reviewer, packed.getvalue())

    def test_refuses_more_than_five_megabytes(self, reviewer: Acting) -> None:
        with pytest.raises(RefusedError, match="larger than 5 MB"):
            upload(reviewer, b"x" * (5 * 1024 * 1024 + 1))

    def test_refuses_more_than_five_thousand_rows(self, reviewer: Acting) -> None:
        rows = [{"name": "x"}] * 5001

        with pytest.raises(RefusedError, match="more than 5,000 rows"):
            upload(reviewer, book(*rows))

    def test_refuses_a_list_without_its_headings(self, reviewer: Acting) -> None:
        with pytest.raises(RefusedError, match="统一社会信用代码"):
            upload(reviewer, book(row(), headings=["代码", "名称"]))

    def test_refuses_an_empty_list(self, reviewer: Acting) -> None:
        with pytest.raises(RefusedError, match="empty"):
            upload(reviewer, book())

    def test_is_for_reviewers_and_heads(self, reviewer: Acting) -> None:
        for role in (Role.INSPECTOR, Role.DECIDING_OFFICER, Role.TOWNSHIP_ASSISTANT):
            other = make_acting(role, bureau=reviewer.bureau)
            with pytest.raises(NotPermittedError):
                upload(other, book(row()))


class TestChecking:
    @pytest.mark.parametrize(
        ("column", "cell", "sentence"),
        [
            ("uscc", "91211282MA90000O1X", "never contains"),
            ("uscc", "123", "18"),
            ("name", None, "Must be filled in"),
            ("name", "厂" * 121, "Longer than 120"),
            ("county", "999999", "not in use"),
            ("industry", "Z99", "section letter"),
            ("established_on", "yesterday", "like 2015-06-01"),
            ("established_on", "2015-02-30", "like 2015-06-01"),
            ("established_on", "2035-01-01", "not come yet"),
            ("site_county", "12", "six digits"),
            ("level", "四级", "一级"),
            ("features", "粉尘涉爆、爆炸", "Write only"),
            ("principal_mobile", "12345", "11 digits"),
            ("high_risk_basis", "依" * 301, "Longer than 300"),
        ],
    )
    def test_names_the_cell_and_what_is_wrong(
        self, reviewer: Acting, column: str, cell: object, sentence: str
    ) -> None:
        (errors,) = errors_of(reviewer, {**row(), column: cell})

        assert sentence in errors[column]

    def test_a_level_needs_its_days_in_order(self, reviewer: Acting) -> None:
        errors = errors_of(
            reviewer,
            row(1, level="三级"),
            row(
                2,
                level="三级",
                level_starts_on="2025-01-01",
                level_ends_on="2024-01-01",
            ),
        )

        assert set(errors[0]) == {"level_starts_on", "level_ends_on"}
        assert "Ends before" in errors[1]["level_ends_on"]

    def test_a_principal_needs_name_and_number(self, reviewer: Acting) -> None:
        first, second = errors_of(
            reviewer,
            row(1, principal_name="李强"),
            row(2, principal_mobile="13811112222"),
        )

        assert set(first) == {"principal_mobile"}
        assert set(second) == {"principal_name"}

    def test_finds_the_same_code_twice_and_those_on_record(
        self, reviewer: Acting
    ) -> None:
        known = make_enterprise()

        errors = errors_of(reviewer, row(1), row(1), row(2, uscc=known.uscc))

        assert errors[0] == {}
        assert "row 2" in errors[1]["uscc"]
        assert "on record already" in errors[2]["uscc"]


class TestTakingIn:
    def test_stores_everything_that_a_row_says(self, reviewer: Acting) -> None:
        cells = row(
            level="二级",
            level_certificate="辽AQB2025",
            level_starts_on="2025-01-01",
            level_ends_on="2027-12-31",
            high_risk_basis="应急〔2025〕11号",
            features="粉尘涉爆、有限空间",
            site_name="东厂",
        )
        taken = enterprise_imports.take_in(
            upload_=upload(reviewer, book(cells)), by=reviewer, at=NOW
        )

        assert taken
        enterprise = Enterprise.objects.get()
        bureau = receiving_bureau(enterprise, on=STARTS_ON)
        assert bureau == reviewer.bureau
        assert SupervisionAssignment.objects.get().recorded_by == reviewer.user
        assert Site.objects.get().name == "东厂"
        level = StandardizationLevel.objects.get()
        assert (level.level, level.ends_on) == (2, dt.date(2027, 12, 31))
        assert HighRiskDesignation.objects.get().basis == "应急〔2025〕11号"
        features = HazardFeature.objects.values_list("feature", flat=True)
        assert set(features) == {"dust", "confined_space"}
        assert Event.objects.about(enterprise).get().action == "enterprise-imported"

    def test_takes_in_nothing_if_one_row_is_wrong(self, reviewer: Acting) -> None:
        wrong = upload(reviewer, book(row(1), row(2, county="x")))

        with pytest.raises(RefusedError, match="nothing was taken in"):
            enterprise_imports.take_in(upload_=wrong, by=reviewer, at=NOW)

        assert not Enterprise.objects.exists()

    def test_takes_in_once(self, reviewer: Acting) -> None:
        good = upload(reviewer, book(row(1), row(2)))

        done = [
            enterprise_imports.take_in(upload_=good, by=reviewer, at=NOW)
            for _ in range(3)
        ]

        assert done == [True, False, False]
        assert Enterprise.objects.count() == 2

    def test_what_became_known_since_the_preview_stops_it(
        self, reviewer: Acting
    ) -> None:
        first = upload(reviewer, book(row(1)))
        second = upload(reviewer, book(row(1), row(2)))
        enterprise_imports.take_in(upload_=first, by=reviewer, at=NOW)

        with pytest.raises(RefusedError):
            enterprise_imports.take_in(upload_=second, by=reviewer, at=NOW)

        assert Enterprise.objects.count() == 1

    def test_another_bureau_does_not_take_it_in(self, reviewer: Acting) -> None:
        other = make_acting(Role.REVIEWER, bureau=make_bureau())

        with pytest.raises(NotPermittedError):
            enterprise_imports.take_in(
                upload_=upload(reviewer, book(row())), by=other, at=NOW
            )

    def test_takes_few_statements_for_many_rows(self, reviewer: Acting) -> None:
        taken = []
        for batch in (range(1, 4), range(10, 110)):
            list_ = upload(reviewer, book(*[row(number) for number in batch]))
            with CaptureQueriesContext(connection) as captured:
                enterprise_imports.take_in(upload_=list_, by=reviewer, at=NOW)
            taken.append(len(captured))

        assert taken[1] <= taken[0] <= 25


class TestInvitingPrincipals:
    ROWS = (
        row(1, principal_name="李强", principal_mobile="13811112221"),
        row(2, principal_name="王芳", principal_mobile="13811112222"),
        row(3),
    )

    def test_invites_those_named_once(self, reviewer: Acting) -> None:
        list_ = upload(reviewer, book(*self.ROWS))
        enterprise_imports.take_in(upload_=list_, by=reviewer, at=NOW)
        list_.refresh_from_db()

        first = enterprise_imports.invite_principals(upload_=list_, by=reviewer, at=NOW)
        again = enterprise_imports.invite_principals(upload_=list_, by=reviewer, at=NOW)

        assert {one.invitation.full_name for one in first} == {"李强", "王芳"}
        assert again == []
        assert Invitation.objects.filter(role="principal").count() == 2

    def test_remembers_the_name_for_the_enterprises_page(
        self, reviewer: Acting
    ) -> None:
        list_ = upload(reviewer, book(*self.ROWS))
        enterprise_imports.take_in(upload_=list_, by=reviewer, at=NOW)

        found = [
            enterprise_imports.prepared_principal(enterprise)
            for enterprise in Enterprise.objects.order_by("uscc")
        ]

        assert sorted(found) == [
            ("", ""),
            ("李强", "13811112221"),
            ("王芳", "13811112222"),
        ]


@pytest.mark.django_db(transaction=True)
def test_pressed_ten_times_at_once_it_is_taken_in_once() -> None:
    reviewer = make_acting(Role.REVIEWER, bureau=make_bureau())
    list_ = upload(reviewer, book(row(1), row(2)))
    barrier = threading.Barrier(10)
    done: list[bool] = []

    def press() -> None:
        barrier.wait()
        done.append(enterprise_imports.take_in(upload_=list_, by=reviewer, at=NOW))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False] * 9 + [True]
    assert Enterprise.objects.count() == 2
