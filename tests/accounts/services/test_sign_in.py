"""# S12 and the person at the door."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Attempt
from accounts.services import attempts, sign_in
from tests.factories import NOW, PASSWORD, make_user, stranger

MINUTE = dt.timedelta(minutes=1)
_looked_at = threading.Semaphore(0)


class CountingHasher(MD5PasswordHasher):
    """Counts the passwords that are looked at, right or wrong, known or not."""

    algorithm = "counting"
    looked_at = 0
    _lock = threading.Lock()

    def encode(self, password: str, salt: str) -> str:
        """Count, then hash."""
        with self._lock:
            CountingHasher.looked_at += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def _counting(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.looked_at = 0


def wrong(login: str, at: dt.datetime = NOW) -> None:
    assert sign_in.authenticate(login=login, password="wrong", at=at) is None


@pytest.mark.django_db
class TestAuthenticate:
    def test_knows_the_username_whatever_its_case(self) -> None:
        user = make_user(username="WangWei", password=PASSWORD)

        assert (
            sign_in.authenticate(login=" wangwei ", password=PASSWORD, at=NOW) == user
        )

    @pytest.mark.parametrize(
        "typed", ["13912345678", "+86 139-1234-5678", "１３９１２３４５６７８"]
    )
    def test_knows_the_mobile_number_however_it_is_written(self, typed: str) -> None:
        user = make_user(mobile="13912345678", password=PASSWORD)

        assert sign_in.authenticate(login=typed, password=PASSWORD, at=NOW) == user

    @pytest.mark.parametrize("login", ["known", "nobody"])
    def test_locks_after_five_wrong_tries_and_says_how_long(self, login: str) -> None:
        make_user(username="known", password=PASSWORD)
        for _ in range(5):
            wrong(login)
        CountingHasher.looked_at = 0

        with pytest.raises(sign_in.LockedError, match=r"wait 4 minutes"):
            sign_in.authenticate(
                login=login, password=PASSWORD, at=NOW + dt.timedelta(seconds=61)
            )

        assert CountingHasher.looked_at == 0

    def test_the_lock_ends_after_five_minutes_even_under_steady_tries(self) -> None:
        user = make_user(username="known", password=PASSWORD)
        for _ in range(5):
            wrong("known")
        for minute in range(1, 5):
            with pytest.raises(sign_in.LockedError):
                wrong("known", at=NOW + minute * MINUTE)

        found = sign_in.authenticate(
            login="known", password=PASSWORD, at=NOW + 5 * MINUTE
        )

        assert found == user

    def test_a_right_password_resets_the_count(self) -> None:
        make_user(username="known", password=PASSWORD)
        for _ in range(4):
            wrong("known")

        sign_in.authenticate(login="KNOWN", password=PASSWORD, at=NOW)

        assert not Attempt.objects.exists()

    def test_an_unknown_login_costs_as_much_hashing_as_a_known_one(self) -> None:
        make_user(username="known", password=PASSWORD)
        CountingHasher.looked_at = 0

        wrong("nobody")
        unknown = CountingHasher.looked_at
        wrong("known")

        assert unknown == CountingHasher.looked_at - unknown == 1

    def test_a_closed_account_does_not_sign_in(self) -> None:
        user = make_user(username="known", password=PASSWORD)
        user.is_active = False
        user.save()

        assert sign_in.authenticate(login="known", password=PASSWORD, at=NOW) is None

    def test_the_table_does_not_show_what_was_typed(self) -> None:
        wrong("my secret password typed into the wrong box")

        assert "secret" not in Attempt.objects.get().key


@pytest.mark.django_db(transaction=True)
class TestTheCount:
    def test_refuses_to_live_inside_a_transaction_that_could_take_it_back(self) -> None:
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            wrong("nobody")

    def test_a_hundred_guesses_at_once_reach_the_hasher_five_times(self) -> None:
        make_user(username="known", password=PASSWORD)
        CountingHasher.looked_at = 0
        barrier = threading.Barrier(20)
        locked: list[int] = []

        def guess(number: int) -> None:
            barrier.wait()
            for i in range(5):
                try:
                    sign_in.authenticate(login="known", password=f"{i}", at=NOW)
                except sign_in.LockedError:
                    locked.append(number)
            connection.close()

        threads = [threading.Thread(target=guess, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert CountingHasher.looked_at == 5
        assert len(locked) == 95


@pytest.mark.django_db
class TestTheDoor:
    def post(self, client: Client, login: str, password: str, **headers: str) -> Any:
        return client.post(
            reverse("account_login"),
            {"login": login, "password": password},
            headers={"accept-language": "en", **headers},
        )

    def test_says_the_same_to_known_and_unknown_and_ignores_forwarded_for(self) -> None:
        make_user(username="known", password=PASSWORD)
        client = stranger()
        pages = {}
        for login in ("known", "nobody"):
            for number in range(5):
                self.post(
                    client, login, "wrong", **{"x-forwarded-for": f"10.0.0.{number}"}
                )
            answer = self.post(client, login, PASSWORD)
            pages[login] = (answer.status_code, answer.context["form"].errors)

        assert pages["known"] == pages["nobody"]
        assert "wait 5 minutes" in str(pages["known"][1])
        assert CountingHasher.looked_at <= 11  # the password made, and five each

    def test_gives_a_new_session_and_the_stored_language(self) -> None:
        make_user(username="known", password=PASSWORD, language="en")
        client = stranger()
        client.get(reverse("account_login"))
        client.session["planted"] = "by another"
        before = client.session.session_key

        answer = self.post(client, "known", PASSWORD)

        assert answer.status_code == 302
        assert answer.cookies["django_language"].value == "en"
        assert client.session.session_key not in {None, before}

    def test_a_language_chosen_in_this_browser_stays(self) -> None:
        make_user(username="known", password=PASSWORD, language="zh-hans")
        client = stranger()
        client.post(reverse("set_language"), {"language": "en"})

        answer = self.post(client, "known", PASSWORD)

        assert "django_language" not in answer.cookies
        assert client.cookies["django_language"].value == "en"

    def test_the_language_of_who_was_here_before_does_not(self) -> None:
        make_user(username="first", password=PASSWORD, language="en")
        make_user(username="second", password=PASSWORD, language="zh-hans")
        client = stranger()
        self.post(client, "first", PASSWORD)
        client.post(reverse("account_logout"))

        self.post(client, "second", PASSWORD)

        assert client.cookies["django_language"].value == "zh-hans"

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example", "/\\evil.example"]
    )
    def test_sends_nobody_off_site(self, target: str) -> None:
        make_user(username="known", password=PASSWORD)

        answer = stranger().post(
            reverse("account_login"),
            {"login": "known", "password": PASSWORD, "next": target},
        )

        assert answer["Location"] == reverse("desk")

    def test_sign_out_ends_every_session_of_the_person(self) -> None:
        user = make_user(username="known", password=PASSWORD)
        here, elsewhere = stranger(), stranger()
        here.force_login(user)
        elsewhere.force_login(user)

        here.post(reverse("account_logout"))

        assert elsewhere.get(reverse("profile")).status_code == 302

    def test_the_keys_of_two_purposes_never_meet(self) -> None:
        assert attempts.key_for("sign-in", "1") != attempts.key_for("proof", "1")
