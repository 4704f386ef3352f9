"""Ways to reach a person: added with proof, ended once, told by, never shown again."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError

from accounts.models import (
    Channel,
    Delivery,
    Event,
    Mute,
    Notice,
    OutsideAddress,
    Role,
    User,
)
from accounts.permissions import RefusedError
from accounts.queries.people import people_page
from accounts.queries.reach import Unreachable, unreachable
from accounts.services import addresses, mutes, notices
from accounts.services.credentials import WrongCredentialError
from accounts.services.deliveries import POSTED, deliver_waiting
from tests.factories import (
    NOW,
    PASSWORD,
    make_acting,
    make_enterprise,
    make_user,
    signed_in,
)
from tests.http_sink import HttpSink, http_sink

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "693a91f6-very-secret-key"


@pytest.fixture
def sink(settings: Any) -> Iterator[HttpSink]:
    settings.CHANNELS_LOOPBACK = True
    with http_sink() as running:
        yield running


def add(user: User, sink: HttpSink, **changed: Any) -> OutsideAddress:
    return addresses.add(
        **{
            "user": user,
            "kind": Channel.WECOM,
            "url": sink.url(f"/cgi-bin/webhook/send?key={KEY}"),
            "secret": "",
            "label": "安全组",
            "password": PASSWORD,
            "at": NOW,
            **changed,
        }
    )


def tell(user: User, cause: str = "test", at: dt.datetime = NOW) -> Notice:
    notices.tell(
        kind="membership_ended",
        cause=cause,
        recipients=[user],
        at=at,
        parameters={"organisation": "厂", "role": "clerk", "ends_on": "2026"},
    )
    return Notice.objects.latest("id")


def posts() -> Any:
    return Delivery.objects.exclude(channel__in=["inbox", "email"]).order_by("id")


class TestAdd:
    def test_a_notice_goes_there_too(self, sink: HttpSink) -> None:
        user = make_user(email="a@b.example", password=PASSWORD)
        address = add(user, sink)

        tell(user)
        assert deliver_waiting(at=NOW, channels=POSTED) == 1

        channels = Delivery.objects.values_list("channel", flat=True)
        assert sorted(channels) == ["email", "inbox", "wecom"]
        assert len(sink.posted) == 1
        row = posts().get()
        assert (row.state, row.via) == ("sent", address)
        assert KEY not in f"{row.address}{row.error}"

    def test_takes_the_password(self, sink: HttpSink) -> None:
        user = make_user(password=PASSWORD)
        with pytest.raises(WrongCredentialError):
            add(user, sink, password="wrong")
        assert not OutsideAddress.objects.exists()

    def test_is_written_down_without_the_secret(self, sink: HttpSink) -> None:
        user = make_user(password=PASSWORD)
        addresses.end(address=add(user, sink), at=NOW)

        added, ended = Event.objects.order_by("id")
        assert (added.action, ended.action) == (
            "outside-address-added",
            "outside-address-ended",
        )
        assert (added.by, added.parameters) == (user, {"kind": "wecom"})

    def test_refuses_the_same_twice_and_a_sixth(self, sink: HttpSink) -> None:
        user = make_user(password=PASSWORD)
        add(user, sink)
        with pytest.raises(RefusedError, match="already"):
            add(user, sink)
        for number in range(addresses.MOST - 1):
            add(user, sink, url=sink.url(f"/cgi-bin/webhook/send?key={number}"))
        with pytest.raises(RefusedError, match="remove one first"):
            add(user, sink, url=sink.url("/cgi-bin/webhook/send?key=more"))

    def test_refuses_what_leads_inside(self, settings: Any) -> None:
        user = make_user(password=PASSWORD)
        with pytest.raises(RefusedError, match="internal network"):
            addresses.add(
                user=user,
                kind="webhook",
                url="https://169.254.169.254/latest/",
                secret="",
                label="x",
                password=PASSWORD,
                at=NOW,
            )

    def test_text_messages_need_a_provider_and_a_number(
        self, sink: HttpSink, settings: Any
    ) -> None:
        user = make_user(password=PASSWORD)
        with pytest.raises(RefusedError, match="does not use"):
            add(user, sink, kind="sms", url="")
        settings.SMS_PROVIDER = "tests.accounts.channels.test_ways.Provider"
        add(user, sink, kind="sms", url="")
        tell(user)
        assert posts().get().address == user.mobile


class TestEnd:
    def test_what_waits_for_it_is_given_up(self, sink: HttpSink) -> None:
        user = make_user(password=PASSWORD)
        address = add(user, sink)
        tell(user)
        addresses.end(address=address, at=NOW)
        addresses.end(address=address, at=NOW)

        assert deliver_waiting(at=NOW, channels=POSTED) == 0

        assert (posts().get().state, posts().get().trouble) == ("parked", "ended")
        assert sink.posted == []
        tell(user, "later")
        assert posts().count() == 1

    def test_it_is_never_edited_and_never_deleted(self, sink: HttpSink) -> None:
        address = add(make_user(password=PASSWORD), sink)
        rows = OutsideAddress.objects.filter(pk=address.pk)
        with pytest.raises(DatabaseError, match="ended once"):
            rows.update(url="https://elsewhere.example/")
        with pytest.raises(DatabaseError):
            rows.delete()


class TestTest:
    def test_is_a_real_notice_that_goes_there_alone(self, sink: HttpSink) -> None:
        user = make_user(email="a@b.example", password=PASSWORD)
        address = add(user, sink)
        add(user, sink, url=sink.url("/cgi-bin/webhook/send?key=other"))

        for _twice in range(2):
            addresses.test(address=address, at=NOW)

        assert Notice.objects.get().kind == "address_test"
        assert [row.via for row in posts()] == [address]
        assert not Delivery.objects.filter(channel="email").exists()


class TestPages:
    def test_no_page_shows_the_whole_url_or_the_secret(
        self, sink: HttpSink, caplog: pytest.LogCaptureFixture
    ) -> None:
        user = make_user(password=PASSWORD)
        client = signed_in(user)
        form = {
            "kind": "dingtalk",
            "url": sink.url(f"/robot/send?access_token={KEY}"),
            "secret": "SEC-of-the-robot",
            "label": "安全组",
            "password": PASSWORD,
        }
        wrong = client.post("/profile/addresses/new/", {**form, "password": "x"})
        assert "SEC-of-the-robot" not in wrong.content.decode()
        client.post("/profile/addresses/new/", form)
        address = OutsideAddress.objects.get()

        page = client.get("/profile/").content.decode()
        assert "安全组" in page
        assert f"127.0.0.1 …{KEY[-4:]}" in page
        sink.body = b'{"errcode": 310000, "errmsg": "keywords not in content"}'
        client.post(f"/profile/addresses/{address.public_id}/test/")
        deliver_waiting(at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC), channels=POSTED)
        row = posts().get()
        notice = client.get(f"/notices/{row.notice.public_id}/").content.decode()

        assert "the receiving server refused it" in notice
        assert "given up" in notice
        for text in (page, notice, row.error, caplog.text):
            assert KEY not in text
            assert "SEC-of-the-robot" not in text

    def test_the_inbox_says_how_each_notice_got_out(self, sink: HttpSink) -> None:
        user = make_user(email="a@b.example", password=PASSWORD)
        add(user, sink, label="我的群")
        notice = tell(user)
        client = signed_in(user)

        def page() -> str:
            return client.get(f"/notices/{notice.public_id}/").content.decode()

        assert "e-mail · a@b.example" in page()
        assert page().count("waiting") > 1
        deliver_waiting(at=NOW)
        sink.status = 404
        deliver_waiting(at=NOW, channels=POSTED)
        assert "WeCom robot · 我的群" in page()
        assert "sent <time" in page()
        assert "the receiving server refused it" in page()
        assert "not delivered everywhere" in client.get("/notices/").content.decode()

    def test_reminders_that_one_is_spared_are_kept(self) -> None:
        user = make_user()
        client = signed_in(user)
        client.post("/profile/mutes/", {"muted": ["quarter_before", "participation"]})
        assert mutes.muted_by(user) == {"quarter_before", "participation"}
        assert 'value="participation"' in client.get("/profile/").content.decode()
        client.post("/profile/mutes/", {"muted": ["quarter_before"]})
        assert mutes.muted_by(user) == {"quarter_before"}
        client.post("/profile/mutes/", {"muted": ["invented"]})
        assert mutes.muted_by(user) == {"quarter_before"}
        client.post("/profile/mutes/", {})
        assert not Mute.objects.exists()


class TestUnreachable:
    def test_is_who_has_no_address_outside(self, sink: HttpSink) -> None:
        nobody, mailed = make_user(), make_user(email="a@b.example")
        added = make_user(password=PASSWORD)
        address = add(added, sink)
        people = [nobody.pk, mailed.pk, added.pk]

        assert unreachable(people) == {nobody.pk: Unreachable.NO_ADDRESS}
        addresses.end(address=address, at=NOW)
        assert unreachable(people).keys() == {nobody.pk, added.pk}

    def test_is_whose_last_notice_was_given_up_everywhere(self, sink: HttpSink) -> None:
        user = make_user(email="a@b.example", password=PASSWORD)
        add(user, sink)
        tell(user)
        assert unreachable([user.pk]) == {}
        Delivery.objects.filter(channel="email").update(
            state="parked", trouble="address"
        )
        assert unreachable([user.pk]).keys() == {user.pk}
        deliver_waiting(at=NOW, channels=POSTED)
        assert unreachable([user.pk]) == {}

    def test_is_not_whose_notice_was_overtaken(self) -> None:
        user = make_user(email="a@b.example")
        tell(user)
        Delivery.objects.filter(channel="email").update(
            state="parked", trouble="overtaken"
        )
        assert unreachable([user.pk]) == {}

    def test_shows_to_the_team_and_its_bureau(self) -> None:
        enterprise = make_enterprise()
        leader = make_acting(Role.TEAM_LEADER, enterprise=enterprise)
        make_acting(Role.PRINCIPAL, enterprise=enterprise)
        bureau = enterprise.assignments.get().bureau
        reviewer = make_acting(Role.REVIEWER, bureau=bureau)
        sentence = "has no address outside the portal"

        team = signed_in(leader).get("/people/").content.decode()
        url = f"/enterprises/{enterprise.public_id}/"
        office = signed_in(reviewer).get(url).content.decode()

        assert (team.count(sentence), office.count(sentence)) == (2, 2)
        assert len(people_page(by=leader, at=NOW).unreachable) == 2
