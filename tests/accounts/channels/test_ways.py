"""
What each channel sends, as the service at the other end reads it. Proven against a
server of this machine only: nobody has posted to the services themselves.
"""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.channels import offered
from accounts.channels.dingtalk import DingTalk
from accounts.channels.feishu import Feishu
from accounts.channels.letter import (
    AddressError,
    LaterError,
    Letter,
    NeverError,
    UnclearError,
)
from accounts.channels.robots import Robot, shortened
from accounts.channels.webhook import Webhook
from accounts.channels.wecom import WeCom
from accounts.models import Channel
from tests.factories import NOW
from tests.http_sink import HttpSink

REAL = {
    WeCom: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4",
    DingTalk: "https://oapi.dingtalk.com/robot/send?access_token=af32",
    Feishu: "https://open.feishu.cn/open-apis/bot/v2/hook/3e6d-4f",
}
ROBOTS = list(REAL)


def letter(**changed: Any) -> Letter:
    return Letter(
        **{
            "key": "k-1",
            "kind": "digest",
            "at": NOW,
            "subject": "第二季度",
            "text": "请于 7 月 15 日前报告。",
            "link": "https://portal.example/desk/",
            "address": "",
            **changed,
        }
    )


def at_sink(robot: type[Robot], sink: HttpSink) -> str:
    """The robot's URL, but at this machine."""
    parts = urlsplit(REAL[robot])
    return sink.url(f"{parts.path}?{parts.query}" if parts.query else parts.path)


WHOLE = "第二季度\n\n请于 7 月 15 日前报告。\n\nhttps://portal.example/desk/"


@pytest.mark.parametrize("robot", ROBOTS)
class TestEveryRobot:
    def test_takes_the_url_of_its_service(self, robot: type[Robot]) -> None:
        robot.check(REAL[robot], "")

    @pytest.mark.parametrize(
        "change",
        [
            lambda url: url.replace("https://", "http://"),
            lambda url: url.replace(".com/", ".com.evil.example/").replace(
                ".cn/", ".cn.evil.example/"
            ),
            lambda url: url.replace("https://", "https://evil.example@"),
            lambda url: url.replace("https://", "https://evil.example/"),
            lambda url: url.replace(".com/", ".com:8443/").replace(".cn/", ".cn:8443/"),
            lambda url: url.rpartition("=" if "=" in url else "/")[0] + "/",
            lambda url: "https://127.0.0.1/robot/send?access_token=1",
            lambda url: url + "\n",
            lambda url: "",
        ],
    )
    def test_takes_no_other(self, robot: type[Robot], change: Any) -> None:
        with pytest.raises(AddressError, match="begins with https://"):
            robot.check(change(REAL[robot]), "")

    def test_posts_text_that_ends_with_the_link(
        self, robot: type[Robot], sink: HttpSink
    ) -> None:
        url = at_sink(robot, sink)
        robot.check(url, "")

        robot().send(letter(address=url))

        (posted,) = sink.posted
        assert posted.headers["Content-Type"] == "application/json; charset=utf-8"
        said = posted.said
        text = said["text"]["content"] if "text" in said else said["content"]["text"]
        assert text == WHOLE

    @pytest.mark.parametrize(
        "body", [b'{"errcode": 1}', b'{"code": 9499}', b"x", b"[]"]
    )
    def test_believes_only_an_answer_that_says_so(
        self, robot: type[Robot], sink: HttpSink, body: bytes
    ) -> None:
        sink.body = body
        with pytest.raises(LaterError):
            robot().send(letter(address=at_sink(robot, sink)))

    def test_gives_up_where_the_robot_is_gone(
        self, robot: type[Robot], sink: HttpSink
    ) -> None:
        sink.body = json.dumps({"errcode": min(robot.final)}).encode()
        with pytest.raises(NeverError):
            robot().send(letter(address=at_sink(robot, sink)))


def test_dingtalk_signs_the_time_into_the_url(sink: HttpSink) -> None:
    DingTalk().send(letter(address=at_sink(DingTalk, sink), secret="SEC1"))

    asked = parse_qs(urlsplit(sink.posted[0].path).query)
    (stamp,) = asked["timestamp"]
    wanted = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()
    assert asked["sign"] == [base64.b64encode(wanted).decode()]
    assert len(stamp) == 13


def test_feishu_signs_the_time_into_the_message(sink: HttpSink) -> None:
    sink.body = b'{"code": 0, "msg": "success"}'
    Feishu().send(letter(address=at_sink(Feishu, sink), secret="s"))

    said = sink.posted[0].said
    key = f"{said['timestamp']}\ns".encode()
    wanted = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert (said["sign"], len(said["timestamp"])) == (wanted, 10)


def test_wecom_has_no_secret() -> None:
    with pytest.raises(AddressError, match="leave it empty"):
        WeCom.check(REAL[WeCom], "SEC")


@pytest.mark.parametrize("longest", [60, 100, 2000])
def test_a_long_text_gives_way_to_its_link(longest: int) -> None:
    text = shortened(letter(text="隐患" * 2000, link="https://p.example/"), longest)
    assert len(text.encode()) <= longest
    assert text.startswith("第二季度\n\n")
    assert text.endswith("…\n\nhttps://p.example/")


class TestWebhook:
    def test_posts_what_there_is_to_know(self, sink: HttpSink) -> None:
        Webhook.check(sink.url("/hook"), "")
        Webhook().send(letter(address=sink.url("/hook"), is_repeat=True))

        (posted,) = sink.posted
        assert posted.said == {
            "key": "k-1",
            "kind": "digest",
            "at": "2026-07-06T10:00:00+08:00",
            "subject": "第二季度",
            "text": "请于 7 月 15 日前报告。",
            "link": "https://portal.example/desk/",
            "repeat": True,
        }
        assert posted.headers["X-Notice-Key"] == "k-1"
        assert posted.headers["X-Repeat"] == "1"
        assert "X-Signature" not in posted.headers

    def test_is_signed_where_there_is_a_secret(self, sink: HttpSink) -> None:
        Webhook().send(letter(address=sink.url("/hook"), secret="word"))

        (posted,) = sink.posted
        wanted = hmac.new(b"word", posted.body, hashlib.sha256).hexdigest()
        assert posted.headers["X-Signature"] == f"sha256={wanted}"
        assert "X-Repeat" not in posted.headers


class Provider:
    """A place's own, for tests."""

    sent: list[dict[str, object]] = []

    def send(self, **said: object) -> None:
        """Take it, or fail in a way of its own."""
        if said["mobile"] == "13900000000":
            raise ZeroDivisionError
        self.sent.append(said)


class TestSms:
    def test_is_offered_only_with_a_provider(self, settings: Any) -> None:
        assert Channel.SMS not in offered.offered()
        settings.SMS_PROVIDER = f"{__name__}.Provider"
        assert Channel.SMS in offered.offered()

    def test_sends_subject_and_link(self, settings: Any) -> None:
        settings.SMS_PROVIDER = f"{__name__}.Provider"
        with offered.Outlets() as outlets:
            outlets.send(Channel.SMS, letter(address="13912345678"))
            with pytest.raises(UnclearError):
                outlets.send(Channel.SMS, letter(address="13900000000"))
        assert Provider.sent.pop() == {
            "mobile": "13912345678",
            "text": "第二季度 https://portal.example/desk/",
            "key": "k-1",
            "is_repeat": False,
        }


def test_a_channel_that_is_not_offered_any_more_is_not_used(settings: Any) -> None:
    settings.CHANNELS = []
    with offered.Outlets() as outlets, pytest.raises(NeverError):
        outlets.send(Channel.WEBHOOK, letter(address="https://example.com/"))


def test_the_settings_are_checked(settings: Any) -> None:
    from accounts.channels import checks  # noqa: PLC0415 (registers itself)

    assert checks.no_loopback() == checks.known_channels() == []
    settings.CHANNELS_LOOPBACK = True
    settings.CHANNELS, settings.SMS_PROVIDER = ["sms", "fax"], "nowhere.Provider"
    assert [each.id for each in checks.no_loopback()] == ["accounts.E001"]
    found = [each.id for each in checks.known_channels()]
    assert found == ["accounts.E002", "accounts.E002", "accounts.E003"]
