"""The pages that add a site and hand an enterprise over."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Bureau, Enterprise, Role, Site
from accounts.models import SupervisionAssignment as Assignment
from tests.database.stages import stage
from tests.factories import make_acting, make_bureau, make_enterprise, signed_in

pytestmark = pytest.mark.django_db
SITE = {"name": "二号库", "address": "昌图镇", "county": "２１１２２４"}


@stage
def bureau(db: None) -> Bureau:
    return make_bureau()


@stage
def enterprise(bureau: Bureau) -> Enterprise:
    return make_enterprise(bureau=bureau)


@stage
def leader(enterprise: Enterprise) -> Acting:
    return make_acting(Role.TEAM_LEADER, enterprise=enterprise)


def page(
    client: Client, address: str, enterprise: Enterprise, /, **fields: object
) -> str:
    """Post to the page and return what it shows after any redirect."""
    url = reverse(address, args=[enterprise.public_id])
    return str(client.post(url, fields, follow=True).content.decode())


class TestAddingASite:
    def test_it_stands_on_the_enterprises_page(
        self, leader: Acting, enterprise: Enterprise
    ) -> None:
        shown = page(signed_in(leader), "site-new", enterprise, **SITE)

        assert "The site is on record." in shown
        assert Site.objects.get(name="二号库").county.code == "211224"

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({**SITE, "county": "211299"}, "is not in use on"),
            ({**SITE, "county": "昌图"}, "six digits"),
            ({**SITE, "name": "主厂区"}, "choose another name"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self,
        leader: Acting,
        enterprise: Enterprise,
        fields: dict[str, str],
        sentence: str,
    ) -> None:
        shown = page(signed_in(leader), "site-new", enterprise, **fields)

        assert sentence in shown
        assert 'value="昌图镇"' in shown


class TestHandingOver:
    def test_the_other_bureau_receives(
        self, bureau: Bureau, enterprise: Enterprise
    ) -> None:
        reviewer, other = make_acting(Role.REVIEWER, bureau=bureau), make_bureau()
        page(
            signed_in(reviewer),
            "enterprise-hand-over",
            enterprise,
            bureau=other.public_id,
            starts_on=timezone.localdate().isoformat(),
            reason="管辖调整，见会议纪要。",
        )

        assert Assignment.objects.latest("id").bureau == other

    def test_a_day_that_has_passed_is_refused_at_its_field(
        self, bureau: Bureau, enterprise: Enterprise
    ) -> None:
        reviewer, other = make_acting(Role.REVIEWER, bureau=bureau), make_bureau()
        shown = page(
            signed_in(reviewer),
            "enterprise-hand-over",
            enterprise,
            bureau=other.public_id,
            starts_on="2020-01-01",
            reason="管辖调整，见会议纪要。",
        )

        assert "what was, stays" in shown
        assert "管辖调整，见会议纪要。" in shown
