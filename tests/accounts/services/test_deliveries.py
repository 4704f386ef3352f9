"""The outbox. # R1 R2 R12 R13 S23, for mails."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from accounts.models import Delivery, DeliveryState, Notice, Role, Trouble
from accounts.services import invitations, notices
from accounts.services.deliveries import deliver_waiting
from accounts.services.delivery_marks import TRIES
from accounts.services.invitations import Person
from tests.factories import NOW, make_acting, make_enterprise, make_user
from tests.mail_sink import MailSink, mail_sink

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[MailSink]:
    with mail_sink() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def tell(number: int = 1) -> None:
    """Tell so many people, each with an address."""
    people = [make_user(email=f"p{n}@plant.example") for n in range(number)]
    notices.tell(
        kind="membership_ended",
        cause="test",
        recipients=people,
        at=NOW,
        path="/notices/",
        parameters={"organisation": "A & B 厂", "role": "clerk", "ends_on": "2026"},
    )


def mails() -> Any:
    return Delivery.objects.filter(channel="email").order_by("id")


class KilledError(BaseException):
    """Stands for kill -9: nothing of ours runs after it."""


@pytest.mark.django_db
class TestDeliverWaiting:
    def test_sends_a_batch_over_one_connection(self, sink: MailSink) -> None:
        tell(5)

        assert deliver_waiting(at=NOW) == 5

        assert sink.connections == 1
        assert {row.state for row in mails()} == {"sent"}

    def test_sends_nothing_twice(self, sink: MailSink) -> None:
        tell()
        deliver_waiting(at=NOW)

        assert deliver_waiting(at=NOW + MINUTE) == 0
        assert len(sink.taken) == 1

    def test_carries_a_key_that_stays_the_same(self, sink: MailSink) -> None:
        tell()
        sink.mood = "drop-after-taking"
        deliver_waiting(at=NOW)
        sink.mood = "take"

        deliver_waiting(at=NOW + MINUTE)

        first, second = sink.taken
        for header in ("X-Notice-Key", "Message-ID"):
            assert first[header] == second[header]
        assert first["X-Notice-Key"] == str(Notice.objects.get().public_id)

    def test_writes_names_as_they_are_and_a_link(self, sink: MailSink) -> None:
        tell()
        deliver_waiting(at=NOW)

        body = sink.taken[0].get_payload(decode=True)
        assert isinstance(body, bytes)
        assert "A & B 厂" in body.decode()
        assert "http://127.0.0.1:8000/notices/" in body.decode()

    @pytest.mark.parametrize("mood", ["refuse", "drop"])
    def test_backs_off_and_gives_up_with_the_error(
        self, sink: MailSink, mood: Any
    ) -> None:
        tell()
        sink.mood = mood
        at = NOW
        for number in range(TRIES):
            assert mails().get().state == DeliveryState.WAITING
            deliver_waiting(at=at)
            wait = mails().get().next_try_at - at
            assert wait == MINUTE * 2**number
            assert deliver_waiting(at=at + wait - dt.timedelta(seconds=1)) == 0
            at += wait

        parked = mails().get()
        assert (parked.state, parked.attempts) == (DeliveryState.PARKED, TRIES)
        assert parked.error
        assert deliver_waiting(at=at + 100 * MINUTE) == 0

    def test_one_bad_address_holds_nobody_up(self, sink: MailSink) -> None:
        tell(5)
        sink.mood, sink.refused_address = "refuse-address", "p0@plant.example"

        assert deliver_waiting(at=NOW) == 4
        parked = mails().exclude(state="sent").get()
        assert (parked.address, parked.state) == ("p0@plant.example", "parked")
        assert parked.trouble == Trouble.ADDRESS
        assert sink.connections == 1

    def test_waits_while_there_is_no_mail_server(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        tell(2)

        assert deliver_waiting(at=NOW) == 0
        assert {row.state for row in mails()} == {"waiting"}

    def test_a_line_break_in_a_name_reaches_no_header(self, sink: MailSink) -> None:
        user = make_user(full_name="x\r\nBcc: evil@evil.example", email="a@b.example")
        notices.tell(
            kind="recovery_used",
            cause="test",
            recipients=[user],
            at=NOW,
            parameters={"full_name": user.full_name},
        )

        deliver_waiting(at=NOW)

        assert sink.taken[0]["Bcc"] is None
        assert "\n" not in Notice.objects.get().subject

    def test_mails_the_invitation_link_that_the_database_does_not_hold(self) -> None:
        leader = make_acting(Role.TEAM_LEADER, enterprise=make_enterprise())
        person = Person("李强", email="li@plant.example")
        sent = invitations.invite(person=person, role=Role.CLERK, by=leader, at=NOW)

        deliver_waiting(at=NOW)

        (message,) = mail.outbox
        assert message.to == ["li@plant.example"]
        assert f"/welcome/{sent.token}/" in message.body

    def test_an_invitation_sent_again_mails_only_the_new_link(self) -> None:
        leader = make_acting(Role.TEAM_LEADER, enterprise=make_enterprise())
        person = Person("李强", email="li@plant.example")
        sent = invitations.invite(person=person, role=Role.CLERK, by=leader, at=NOW)
        again = invitations.repeat(invitation=sent.invitation, by=leader, at=NOW)

        deliver_waiting(at=NOW)

        text = "".join(str(message.body) for message in mail.outbox)
        assert again.token in text
        assert sent.token not in text


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_nothing_is_told_of_what_was_taken_back(self) -> None:
        def tell_and_fail() -> None:
            with transaction.atomic():
                tell()
                raise KilledError

        with pytest.raises(KilledError):
            tell_and_fail()

        assert not Notice.objects.exists()
        assert deliver_waiting(at=NOW) == 0

    def test_two_workers_share_a_batch_without_doubles(self, sink: MailSink) -> None:
        tell(30)
        barrier = threading.Barrier(3)
        sent: list[int] = []

        def work() -> None:
            barrier.wait()
            while batch := deliver_waiting(at=NOW, limit=4):
                sent.append(batch)
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        keys = [message["X-Notice-Key"] for message in sink.taken]
        assert (len(keys), len(set(keys)), sum(sent)) == (30, 30, 30)

    def test_a_cause_told_twice_at_once_is_told_once(self) -> None:
        user = make_user(email="a@b.example")
        barrier = threading.Barrier(4)

        def say() -> None:
            barrier.wait()
            notices.tell(
                kind="recovery_used",
                cause="test",
                recipients=[user],
                at=NOW,
                parameters={"full_name": "x"},
            )
            connection.close()

        threads = [threading.Thread(target=say) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert Notice.objects.count() == 1
        assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_a_cause_told_again_adds_nothing_even_to_a_new_address() -> None:
    reached, unreached = make_user(email="a@plant.example"), make_user()
    for people in ([reached, unreached], [unreached, reached, reached], []):
        notices.tell(
            kind="membership_ended",
            cause="test",
            recipients=people,
            at=NOW,
            parameters={"organisation": "厂", "role": "clerk", "ends_on": "2026"},
        )
        # From now on there is an address, but it was told by the inbox already.
        unreached.email = "b@plant.example"

    assert Notice.objects.count() == 2
    assert Delivery.objects.filter(channel="inbox").count() == 2
    assert mails().get().address == "a@plant.example"
