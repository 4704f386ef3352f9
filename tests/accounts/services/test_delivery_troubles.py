"""Mail servers that refuse, hang, or drop what they were given. # R12"""

import datetime as dt
import time
from collections.abc import Iterator
from email.header import decode_header
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Delivery, DeliveryState, Notice, Trouble, User
from accounts.services import deliveries, notices, standing
from accounts.services.deliveries import CLAIMED_FOR, MAILED, deliver_waiting, drain
from tests.accounts.services.test_deliveries import MINUTE, mails
from tests.factories import NOW, make_user
from tests.mail_sink import MailSink, Mood, mail_sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Any) -> Iterator[MailSink]:
    with mail_sink() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 0.3
        yield running


def tell(*people: User) -> None:
    notices.tell(
        kind="membership_ended",
        cause="test",
        recipients=people,
        at=NOW,
        parameters={"organisation": "厂", "role": "clerk", "ends_on": "2026"},
    )


def tell_some(number: int = 1, language: str = "en") -> None:
    tell(
        *(
            make_user(email=f"p{each}@plant.example", language=language)
            for each in range(number)
        )
    )


def body_of(message: Any) -> str:
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


class TestWhatMayHaveArrived:
    @pytest.mark.parametrize(
        "mood", ["drop-after-taking", "half-close", "hang-after-taking"]
    )
    def test_goes_once_more_marked_and_then_never_again(
        self, sink: MailSink, mood: Mood
    ) -> None:
        tell_some()
        sink.mood = mood

        deliver_waiting(at=NOW)
        assert (mails().get().state, mails().get().maybe_sent) == ("waiting", True)
        deliver_waiting(at=NOW + MINUTE)

        row = mails().get()
        assert (row.state, row.trouble) == (DeliveryState.PARKED, Trouble.UNCLEAR)
        assert row.error.startswith("unclear")
        first, second = sink.taken
        assert (first["X-Repeat"], second["X-Repeat"]) == (None, "1")
        assert first["X-Notice-Key"] == second["X-Notice-Key"]
        assert not body_of(first).startswith("You may have had")
        assert body_of(second).startswith("You may have had this notice already")
        assert deliver_waiting(at=NOW + 100 * MINUTE) == 0

    def test_says_so_in_the_language_of_the_recipient(self, sink: MailSink) -> None:
        tell_some(language="zh-hans")
        sink.mood = "drop-after-taking"
        deliver_waiting(at=NOW)
        sink.mood = "take"

        assert deliver_waiting(at=NOW + MINUTE) == 1

        with translation.override("zh-hans"):
            said = _(
                "You may have had this notice already: the connection broke when it "
                "was sent the first time."
            )
        assert body_of(sink.taken[1]).startswith(said)
        assert mails().get().state == DeliveryState.SENT

    def test_is_not_marked_where_the_connection_broke_before(
        self, sink: MailSink
    ) -> None:
        tell_some()
        sink.mood = "drop"
        deliver_waiting(at=NOW)
        sink.mood = "take"

        assert deliver_waiting(at=NOW + MINUTE) == 1

        assert [mail["X-Repeat"] for mail in sink.taken] == [None]

    def test_a_refusal_of_the_repeat_leaves_it_waiting(self, sink: MailSink) -> None:
        tell_some()
        for number, mood in enumerate(("drop-after-taking", "refuse", "take")):
            sink.mood = mood  # type: ignore[assignment]
            deliver_waiting(at=NOW + 10 * number * MINUTE)

        assert mails().get().state == DeliveryState.SENT
        assert [mail["X-Repeat"] for mail in sink.taken] == [None, "1"]


class TestOneBadMail:
    @pytest.mark.parametrize("takes", ["one by one", "together"])
    def test_is_given_up_at_once_where_its_person_is_unknown(
        self, sink: MailSink, takes: str
    ) -> None:
        tell_some(4)
        sink.mood, sink.refused_address = "refuse-address", "p1@plant.example"
        sink.takes_together = takes == "together"

        assert deliver_waiting(at=NOW) == 3

        parked = mails().get(state="parked")
        assert (parked.address, parked.trouble) == ("p1@plant.example", "address")
        assert (parked.error, parked.attempts) == ("address: 550 no such person", 1)
        assert len(sink.taken) == 3
        assert sink.connections == 1

    def test_is_given_up_at_once_where_the_mail_is_refused_for_good(
        self, sink: MailSink
    ) -> None:
        tell_some()
        sink.mood = "refuse-mail"

        deliver_waiting(at=NOW)

        assert (mails().get().state, mails().get().trouble) == ("parked", "refused")

    def test_holds_up_nobody_where_its_address_is_no_address(
        self, sink: MailSink
    ) -> None:
        tell_some(2)
        mails().filter(address="p0@plant.example").update(
            address="a@b.example>\r\nRCPT TO:<evil@evil.example"
        )

        assert deliver_waiting(at=NOW) == 1

        assert mails().get(state="parked").trouble == Trouble.ADDRESS

    def test_holds_up_nobody_where_it_cannot_be_written(
        self, sink: MailSink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stumble(found: Any) -> Any:
            return {each.pk: each.parameters["missing"] for each in found}

        monkeypatch.setitem(standing._checks, "recovery_used", stumble)
        notices.tell(
            kind="recovery_used",
            cause="test",
            recipients=[make_user(email="poison@plant.example")],
            at=NOW,
            parameters={"full_name": "x"},
        )
        tell_some(2)

        assert deliver_waiting(at=NOW) == 2

        assert mails().get(state="parked").trouble == Trouble.FAULTY


class TestNobodyThere:
    def test_uses_up_no_tries_however_long_it_lasts(self, sink: MailSink) -> None:
        tell_some(3)
        sink.mood = "hang"
        for number in range(20):
            assert deliver_waiting(at=NOW + number * MINUTE) == 0
            assert sink.connections == number + 1
        sink.mood = "take"

        assert deliver_waiting(at=NOW + 20 * MINUTE) == 3

        assert {row.attempts for row in mails()} == {1}

    def test_a_server_that_had_enough_of_a_connection_gets_another(
        self, sink: MailSink
    ) -> None:
        tell_some(3)
        sink.mood = "had-enough"

        assert deliver_waiting(at=NOW) == 3

        assert sink.connections == 3


class TestOneRun:
    def test_goes_on_until_nothing_waits(self, sink: MailSink) -> None:
        tell_some(deliveries.BATCH + 20)

        sent = drain(channels=MAILED, clock=lambda: NOW, seconds=60)

        assert (sent, sink.connections) == (deliveries.BATCH + 20, 1)

    def test_gives_back_what_it_has_no_time_for(
        self, sink: MailSink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tell_some(5)
        ticks = iter([0.0, 0.0, 0.0, 0.0, 10.0, 10.0])
        monkeypatch.setattr(time, "monotonic", lambda: next(ticks))

        sent = drain(channels=MAILED, clock=lambda: NOW, seconds=5)

        monkeypatch.undo()
        assert sent == 2
        waiting = mails().filter(state="waiting", claimed_until=None, attempts=0)
        assert waiting.count() == 3

    def test_marks_the_one_that_a_killed_worker_may_have_sent(
        self, sink: MailSink
    ) -> None:
        tell_some(3)
        # As a worker leaves them that was killed at the second.
        first = mails().first()
        mails().update(claimed_until=NOW + CLAIMED_FOR, attempts=1)
        mails().filter(pk=first.pk).update(
            state="sent", sent_at=NOW, claimed_until=None
        )

        assert deliver_waiting(at=NOW + CLAIMED_FOR - MINUTE) == 0
        assert deliver_waiting(at=NOW + CLAIMED_FOR) == 2

        assert [mail["X-Repeat"] for mail in sink.taken] == ["1", None]


class TestOvertaken:
    """# R10"""

    @pytest.fixture
    def duty_is_met(self, monkeypatch: pytest.MonkeyPatch) -> set[int]:
        """The notices whose duty is met; every other still stands, with other words."""
        met: set[int] = set()

        def still(found: Any) -> Any:
            return {
                each.pk: None if each.pk in met else f"Still owed: {each.subject}"
                for each in found
            }

        monkeypatch.setitem(standing._checks, "membership_ended", still)
        return met

    def test_what_is_met_before_the_batch_is_not_mailed(
        self, sink: MailSink, duty_is_met: set[int]
    ) -> None:
        tell_some(3)
        duty_is_met.add(mails().first().notice_id)

        assert deliver_waiting(at=NOW) == 2

        parked = mails().get(state="parked")
        assert (parked.error, parked.trouble) == ("overtaken", Trouble.OVERTAKEN)
        assert all(body_of(mail).startswith("Still owed:") for mail in sink.taken)

    def test_what_is_met_between_claim_and_sending_is_not_mailed(
        self, sink: MailSink, monkeypatch: pytest.MonkeyPatch, duty_is_met: set[int]
    ) -> None:
        tell_some(3)
        last = mails().last().notice_id
        asked: list[int] = []
        check = standing._checks["membership_ended"]

        def met_after_the_batch_was_asked(found: Any) -> Any:
            answer = check(found)
            asked.append(len(found))
            duty_is_met.add(last)
            return answer

        monkeypatch.setitem(
            standing._checks, "membership_ended", met_after_the_batch_was_asked
        )

        assert deliver_waiting(at=NOW) == 2

        assert asked == [3, 1, 1, 1]
        assert mails().get(state="parked").notice_id == last

    def test_kinds_without_a_check_cost_no_question(
        self, sink: MailSink, django_assert_max_num_queries: Any
    ) -> None:
        tell_some(20)
        with django_assert_max_num_queries(8):
            assert deliver_waiting(at=NOW) == 20


def test_writes_chinese_and_line_breaks_as_they_are_read(sink: MailSink) -> None:
    tell_some()
    # S23: what reaches a header is one line, whatever was stored.
    notice = Notice(
        key="raw",
        kind="raw",
        recipient=make_user(email="a@b.example"),
        language="zh-hans",
        subject="第三季度自查报告" * 12 + "\r\nBcc: evil@evil.example\u2028end",
        body=".\r\n.leading dots\r\n重大事故隐患",
        at=timezone.now(),
    )
    Notice.objects.bulk_create([notice])
    Delivery.objects.create(
        notice=Notice.objects.get(key="raw"),
        channel="email",
        address="a@b.example",
        next_try_at=NOW - dt.timedelta(days=1),
    )

    deliver_waiting(at=NOW)

    mail = sink.taken[0]
    assert mail["Bcc"] is None
    (decoded,) = decode_header(mail["Subject"])
    assert decoded[0].decode(decoded[1]).startswith("第三季度自查报告" * 12)
    assert body_of(mail) == ".\r\n.leading dots\r\n重大事故隐患\n"
    assert all(len(line) <= 76 for line in mail.as_string().splitlines())
