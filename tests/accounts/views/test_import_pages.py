"""The pages of an import, of bureaus, and of notices."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import (
    Acting,
    Bureau,
    Delivery,
    Enterprise,
    EnterpriseImport,
    Notice,
    Role,
)
from accounts.services import notices
from tests.accounts.services.test_imports import book, row
from tests.database.stages import stage
from tests.factories import (
    NOW,
    make_acting,
    make_bureau,
    make_user,
    queries_of,
    signed_in,
)


@stage
def reviewer(db: None) -> Acting:
    return make_acting(Role.REVIEWER, bureau=make_bureau())


def upload(by: Acting, content: bytes) -> str:
    """Upload as in the browser; return where the portal sends on."""
    file = SimpleUploadedFile("开原.xlsx", content)
    answer = signed_in(by).post(
        reverse("enterprise-import"), {"file": file, "starts_on": "2026-04-01"}
    )
    assert answer.status_code == 302
    return str(answer["Location"])


class TestImport:
    def test_goes_from_upload_over_preview_to_invitations(
        self, reviewer: Acting
    ) -> None:
        named = row(principal_name="李强", principal_mobile="13811112222")
        client, url = signed_in(reviewer), upload(reviewer, book(named))
        assert "开原第1厂" in client.get(url).content.decode()
        assert not Enterprise.objects.exists()

        client.post(url)
        client.post(url)
        page = client.get(url).content.decode()
        assert "1 principal named" in page
        page = client.post(f"{url}invite/").content.decode()

        assert "/welcome/" in page
        assert Enterprise.objects.count() == 1

    def test_shows_row_column_and_sentence(self, reviewer: Acting) -> None:
        url = upload(reviewer, book(row(1), row(2, county="1")))

        page = signed_in(reviewer).get(url).content.decode()

        assert "<td>3</td>" in page
        assert "所在县区代码" in page
        assert "six digits" in page
        assert signed_in(reviewer).post(url).status_code == 409

    def test_says_beside_the_field_what_is_wrong_with_the_file(
        self, reviewer: Acting
    ) -> None:
        page = signed_in(reviewer).post(
            reverse("enterprise-import"),
            {"file": SimpleUploadedFile("a.xlsx", b"x"), "starts_on": "2026-04-01"},
        )

        assert "not a readable XLSX" in str(page.context["form"].errors["file"])

    def test_another_bureau_does_not_see_it(self, reviewer: Acting) -> None:
        url = upload(reviewer, book(row()))
        other = make_acting(Role.REVIEWER, bureau=make_bureau())

        assert signed_in(other).get(url).status_code == 404
        assert signed_in(other).post(url).status_code == 404
        assert signed_in(other).post(f"{url}invite/").status_code == 404

    def test_fields_that_are_not_asked_for_change_nothing(
        self, reviewer: Acting
    ) -> None:
        other = make_bureau()
        url = upload(reviewer, book(row()))

        signed_in(reviewer).post(
            url, {"bureau": other.pk, "taken_in_at": "2020-01-01", "rows": "{}"}
        )

        stored = EnterpriseImport.objects.get()
        assert stored.bureau == reviewer.bureau
        assert stored.taken_in_at is not None
        assert stored.taken_in_at.year > 2020

    def test_gives_a_template_that_can_be_read(self, reviewer: Acting) -> None:
        answer = signed_in(reviewer).get(reverse("import-template"))

        assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "企业名单"

    def test_the_name_in_the_list_waits_on_the_enterprises_page(
        self, reviewer: Acting
    ) -> None:
        named = row(principal_name="李强", principal_mobile="13811112222")
        client = signed_in(reviewer)
        client.post(upload(reviewer, book(named)))

        url = reverse("enterprise", args=[Enterprise.objects.get().public_id])
        # The bureau receives from 1 April 2026; the page is read today.
        assert 'value="李强"' in client.get(url).content.decode()


class TestBureaus:
    FORM = {
        "name": "开原市应急管理局",
        "level": "county",
        "covers": "211282",
        "starts_on": "2026-01-01",
    }

    def test_are_made_below_another(self, db: None) -> None:
        city = make_bureau()
        client = signed_in(make_acting(Role.OPERATOR))

        client.post(reverse("bureau-create"), {**self.FORM, "parent": city.public_id})

        made = Bureau.objects.get(name="开原市应急管理局")
        assert made.parent == city
        assert "开原市 211282" in client.get(reverse("bureaus")).content.decode()

    def test_say_which_code_is_wrong(self, db: None) -> None:
        client = signed_in(make_acting(Role.OPERATOR))

        page = client.post(reverse("bureau-create"), {**self.FORM, "covers": "999999"})

        assert "999999" in str(page.context["form"].errors["covers"])

    def test_are_the_operators_affair(self, reviewer: Acting) -> None:
        for name in ("bureaus", "bureau-create"):
            assert signed_in(reviewer).get(reverse(name)).status_code == 403

    def test_take_as_many_queries_for_many_as_for_few(self, db: None) -> None:
        client = signed_in(make_acting(Role.OPERATOR))
        taken = []
        for number in (3, 20):
            for _ in range(number):
                make_bureau(parent=Bureau.objects.first())
            taken.append(queries_of(client, reverse("bureaus")))

        assert taken[0] == taken[1] <= 10


class TestNotices:
    def tell(self, user: object, number: int) -> None:
        for cause in range(number):
            notices.tell(
                kind="recovery_used",
                cause=f"{cause}",
                recipients=[user],  # type: ignore[list-item]
                at=NOW,
                parameters={"full_name": "<b>李强</b>"},
            )

    def test_opening_changes_nothing_and_pressing_marks_as_read(
        self, reviewer: Acting
    ) -> None:
        self.tell(reviewer.user, 1)
        client = signed_in(reviewer)
        url = reverse("notice", args=[Notice.objects.get().public_id])

        page = client.get(url).content.decode()
        assert "&lt;b&gt;" in page
        assert Delivery.objects.get().state == "sent"
        client.post(url)

        assert Delivery.objects.get().state == "read"

    def test_all_are_marked_at_once_but_nobody_elses(self, reviewer: Acting) -> None:
        other = make_user()
        self.tell(reviewer.user, 3)
        self.tell(other, 1)

        signed_in(reviewer).post(reverse("notices-read"))

        states = Delivery.objects.values_list("notice__recipient", "state")
        assert set(states) == {(reviewer.user.pk, "read"), (other.pk, "sent")}

    def test_of_another_person_do_not_exist(self, reviewer: Acting) -> None:
        self.tell(make_user(), 1)

        url = reverse("notice", args=[Notice.objects.get().public_id])
        assert signed_in(reviewer).get(url).status_code == 404

    def test_pages_follow_one_another(self, reviewer: Acting) -> None:
        self.tell(reviewer.user, 30)
        client = signed_in(reviewer)

        first = client.get(reverse("notices")).context["page"]
        second = client.get(reverse("notices"), {"after": first.next_after}).context[
            "page"
        ]

        seen = [shown.notice.pk for shown in first.rows + second.rows]
        assert len(set(seen)) == 30
        assert seen == sorted(seen, reverse=True)

    def test_take_as_many_queries_for_many_as_for_few(self, reviewer: Acting) -> None:
        client = signed_in(reviewer)
        taken = []
        for number in (3, 25):
            self.tell(reviewer.user, number)
            taken.append(queries_of(client, reverse("notices")))

        assert taken[0] == taken[1] <= 10
