"""The portal posts to public addresses only, and waits for nobody for ever."""

import socket
from typing import Any

import pytest

from accounts.channels import posting
from accounts.channels.letter import (
    AddressError,
    LaterError,
    NeverError,
    UnclearError,
)
from accounts.models import Trouble
from tests.http_sink import HttpSink

# Every way known to us of writing an address that is not for everybody.
INTERNAL = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1:8443/hook",
    "https://localhost/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.8/",
    "https://172.16.3.4/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://224.0.0.1/",
]
BADLY_WRITTEN = [
    ("http://example.com/", "must begin with https"),
    ("ftp://example.com/", "must begin with https"),
    ("file:///etc/passwd", "not a URL"),
    ("gopher://example.com/", "must begin with https"),
    ("//example.com/", "must begin with https"),
    ("https://", "not a URL"),
    ("https://user:word@example.com/", "name and a password"),
    ("https://example.com:99999/", "not a URL"),
    ("https://exam\nple.com/", "not a URL"),
    ("https://[::1/", "not a URL"),
    ("anything", "not a URL"),
    ("https://①②⑦.⓪.⓪.①/", "."),
    ("https://localhost./", "."),
]


def post(url: str, **headers: str) -> posting.Answer:
    return posting.post(url, body=b"{}", headers=headers)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What a name server says: each answer in turn, the last one for ever."""
    known: dict[str, list[str]] = {}
    resolve = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in known:
            answers = known[host]
            host = answers.pop(0) if len(answers) > 1 else answers[0]
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


class TestChecked:
    @pytest.mark.parametrize("url", INTERNAL)
    def test_refuses_what_leads_inside(self, url: str) -> None:
        with pytest.raises(AddressError, match="internal network"):
            posting.checked(url)

    @pytest.mark.parametrize(("url", "why"), BADLY_WRITTEN)
    def test_refuses_what_is_badly_written(self, url: str, why: str) -> None:
        with pytest.raises(AddressError, match=why):
            posting.checked(url)

    def test_refuses_a_name_that_leads_inside(self, names: Any) -> None:
        names["hook.example.com"] = ["10.1.2.3"]
        with pytest.raises(AddressError, match="internal network"):
            posting.checked("https://hook.example.com/")

    def test_takes_a_name_that_leads_outside(self, names: Any) -> None:
        names["hook.example.com"] = ["93.184.215.14"]
        parts = posting.checked("https://hook.example.com/hook?key=1")
        assert parts.hostname == "hook.example.com"

    def test_this_machine_is_reached_only_where_the_settings_allow_it(
        self, sink: HttpSink, settings: Any
    ) -> None:
        posting.checked(sink.url())
        settings.CHANNELS_LOOPBACK = False
        with pytest.raises(AddressError):
            posting.checked(sink.url())


class TestPost:
    @pytest.mark.parametrize("url", INTERNAL)
    def test_goes_nowhere_inside_even_if_nobody_checked(self, url: str) -> None:
        with pytest.raises(NeverError) as failed:
            post(url)
        assert failed.value.trouble == Trouble.INTERNAL

    def test_goes_nowhere_inside_when_the_name_has_moved_there(
        self, names: Any, settings: Any
    ) -> None:
        names["hook.example.com"] = ["93.184.215.14", "127.0.0.1"]
        posting.checked("https://hook.example.com/")

        with pytest.raises(NeverError) as failed:
            post("https://hook.example.com/")

        assert failed.value.trouble == Trouble.INTERNAL

    def test_connects_to_the_address_that_was_checked(
        self, names: Any, sink: HttpSink, settings: Any
    ) -> None:
        # Asked twice, the name server would name another machine.
        names["hook.example.com"] = ["127.0.0.1", "10.0.0.1"]
        port = sink.server_address[1]

        post(f"http://hook.example.com:{port}/hook")

        assert sink.posted[0].headers["Host"] == f"hook.example.com:{port}"

    def test_follows_no_redirect(self, sink: HttpSink) -> None:
        sink.status, sink.headers = 307, {"Location": sink.url("/inside")}

        with pytest.raises(NeverError) as failed:
            post(sink.url("/hook"))

        assert failed.value.trouble == Trouble.REFUSED
        assert [posted.path for posted in sink.posted] == ["/hook"]

    def test_uses_no_proxy_and_no_password_of_its_surroundings(
        self, sink: HttpSink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        post(sink.url("/hook"))
        assert sink.posted[0].path == "/hook"

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (500, LaterError),
            (503, LaterError),
            (429, LaterError),
            (404, NeverError),
            (401, NeverError),
            (302, NeverError),
        ],
    )
    def test_tells_refusals_for_now_from_refusals_for_good(
        self, sink: HttpSink, status: int, kind: type[Exception]
    ) -> None:
        sink.status = status
        with pytest.raises(kind, match=f"HTTP {status}"):
            post(sink.url())

    def test_a_server_that_is_not_there_is_asked_later(self, settings: Any) -> None:
        settings.CHANNELS_LOOPBACK = True
        with pytest.raises(LaterError) as failed:
            post("http://127.0.0.1:1/secret-key")
        assert failed.value.trouble == Trouble.AWAY
        assert "secret-key" not in str(failed.value)

    @pytest.mark.parametrize("mood", ["drop", "hang", "drip"])
    def test_no_answer_may_mean_that_it_arrived(
        self, sink: HttpSink, monkeypatch: pytest.MonkeyPatch, mood: Any
    ) -> None:
        monkeypatch.setattr(posting, "ANSWERS_WITHIN", 0.5)
        monkeypatch.setattr(posting, "LONGEST", 1.0)
        sink.mood = mood
        with pytest.raises(UnclearError):
            post(sink.url())
        assert len(sink.posted) == 1

    def test_reads_no_more_of_an_answer_than_it_needs(self, sink: HttpSink) -> None:
        sink.body = b"x" * (posting.LARGEST * 4)
        assert len(post(sink.url()).body) <= posting.LARGEST
