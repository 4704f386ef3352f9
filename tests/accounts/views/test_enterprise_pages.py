"""A bureau's pages of its enterprises."""

import pytest
from django.urls import reverse

from accounts.models import Acting, Bureau, Role
from tests.database.stages import stage
from tests.factories import (
    make_acting,
    make_bureau,
    make_enterprise,
    make_membership,
    queries_of,
    signed_in,
)


@stage
def bureau(db: None) -> Bureau:
    return make_bureau()


@stage
def reviewer(bureau: Bureau) -> Acting:
    return make_acting(Role.REVIEWER, bureau=bureau)


class TestList:
    def test_goes_on_after_the_last_row_shown(
        self, bureau: Bureau, reviewer: Acting
    ) -> None:
        for number in range(30):
            # Two of a name: the order is decided by name, then by row.
            make_enterprise(bureau=bureau, name=f"厂{number // 2:02}", with_site=False)
        client = signed_in(reviewer)

        first = client.get(reverse("enterprises")).context["page"]
        second = client.get(
            reverse("enterprises"), {"after": first.next_after}
        ).context["page"]

        assert (len(first.rows), len(second.rows)) == (25, 5)
        assert second.next_after == ""
        seen = [row.enterprise.pk for row in first.rows + second.rows]
        assert len(set(seen)) == 30

    @pytest.mark.parametrize("query", ["铸造第七", "91211282MA", " ９１２１１２８２ma"])
    def test_finds_by_name_or_beginning_of_the_code(
        self, bureau: Bureau, reviewer: Acting, query: str
    ) -> None:
        make_enterprise(bureau=bureau, name="开原铸造第七厂")

        page = signed_in(reviewer).get(reverse("enterprises"), {"q": query})

        assert len(page.context["page"].rows) == 1

    def test_shows_those_of_bureaus_below_and_of_no_other(
        self, bureau: Bureau, reviewer: Acting
    ) -> None:
        below = make_enterprise(bureau=make_bureau(parent=bureau))
        make_enterprise()

        page = signed_in(reviewer).get(reverse("enterprises")).context["page"]

        assert [row.enterprise for row in page.rows] == [below]

    @pytest.mark.parametrize(
        "after", ["x", "1", "00000000-0000-0000-0000-000000000000"]
    )
    def test_a_made_up_place_to_go_on_from_is_the_first_page(
        self, bureau: Bureau, reviewer: Acting, after: str
    ) -> None:
        make_enterprise(bureau=bureau)

        page = signed_in(reviewer).get(reverse("enterprises"), {"after": after})

        assert len(page.context["page"].rows) == 1

    def test_takes_as_many_queries_for_twenty_five_as_for_three(
        self, bureau: Bureau, reviewer: Acting
    ) -> None:
        client, url = signed_in(reviewer), reverse("enterprises")
        taken = []
        for number in (3, 22):
            for _ in range(number):
                enterprise = make_enterprise(bureau=bureau)
                make_membership(Role.PRINCIPAL, enterprise=enterprise)
            taken.append(queries_of(client, url))

        assert taken[0] == taken[1] <= 10

    def test_is_not_for_an_enterprise(self, bureau: Bureau) -> None:
        leader = make_acting(
            Role.TEAM_LEADER, enterprise=make_enterprise(bureau=bureau)
        )

        assert signed_in(leader).get(reverse("enterprises")).status_code == 403


class TestPage:
    def test_takes_as_many_queries_for_thirty_people_as_for_three(
        self, bureau: Bureau, reviewer: Acting
    ) -> None:
        enterprise = make_enterprise(bureau=bureau)
        client = signed_in(reviewer)
        url = reverse("enterprise", args=[enterprise.public_id])
        taken = []
        for number in (3, 27):
            for _ in range(number):
                make_membership(Role.CLERK, enterprise=enterprise)
            taken.append(queries_of(client, url))

        assert taken[0] == taken[1] <= 20

    def test_of_another_bureaus_enterprise_does_not_exist(
        self, reviewer: Acting
    ) -> None:
        url = reverse("enterprise", args=[make_enterprise().public_id])

        assert signed_in(reviewer).get(url).status_code == 404

    def test_invites_the_first_principal(
        self, bureau: Bureau, reviewer: Acting
    ) -> None:
        enterprise = make_enterprise(bureau=bureau)
        url = reverse("enterprise-invite-principal", args=[enterprise.public_id])
        client = signed_in(reviewer)

        page = client.post(url, {"full_name": "李强", "mobile": "13811112222"})

        assert "/welcome/" in page.content.decode()
        again = client.post(url, {"full_name": "李强", "mobile": "13811112222"})
        assert "already invited" in str(again.context["form"].errors)
        inspector = make_acting(Role.INSPECTOR, bureau=bureau)
        assert signed_in(inspector).post(url).status_code == 403
