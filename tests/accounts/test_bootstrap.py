"""`manage bootstrap` as it is typed."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.factories import PASSWORD

ANSWERS = {
    "username": "operator",
    "full_name": "运维",
    "bureau": "铁岭市应急管理局",
    "level": "city",
    "covers": "211200 211282",
}


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    return file


@pytest.mark.django_db
class TestBootstrap:
    def test_says_what_to_do_next(self, password_file: Path) -> None:
        said = StringIO()

        call_command("bootstrap", **ANSWERS, password_file=password_file, stdout=said)

        assert "invite the head of the bureau" in said.getvalue()
        assert User.objects.get().check_password(PASSWORD)

    def test_refuses_politely_the_second_time(self, password_file: Path) -> None:
        call_command(
            "bootstrap", **ANSWERS, password_file=password_file, stdout=StringIO()
        )

        with pytest.raises(CommandError, match="operator already"):
            call_command("bootstrap", **ANSWERS, password_file=password_file)

    def test_asks_for_what_is_not_given(
        self, password_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = iter(ANSWERS.values())
        monkeypatch.setattr("builtins.input", lambda _ask: next(answers))

        call_command("bootstrap", password_file=password_file, stdout=StringIO())

        assert User.objects.get().username == "operator"

    def test_names_the_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("bootstrap", **ANSWERS, password_file=tmp_path / "none")

    def test_without_a_terminal_asks_for_a_password_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_terminal(_ask: str) -> str:
            raise EOFError

        monkeypatch.setattr(
            "accounts.management.commands.bootstrap.getpass", no_terminal
        )
        with pytest.raises(CommandError, match="--password-file"):
            call_command("bootstrap", **ANSWERS)
