"""`python3 start.py check`: every check, one line each."""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.stack.messages import compile_messages
from portal.stack.refusal import say
from portal.stack.state import ROOT

PYTHON = (sys.executable, "-m")
MANAGE = (sys.executable, "manage.py")

# A place as a bureau would run it; nothing here is connected to.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "portal.example.gov.cn",
    "DATABASE_URL": "postgresql://portal_application@/portal?host=/nonexistent",
    "DATABASE_OWNER_URL": "postgresql://portal_owner@/portal?host=/nonexistent",
    "REDIS_URL": "unix:///nonexistent/socket",
    "PORTAL_HTTPS": "True",
}


def _templates() -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for folder in ("templates", "accounts", "hazards", "portal")
        for path in sorted((ROOT / folder).rglob("*.html"))
    ]


def _checks() -> list[tuple[str, Sequence[str]]]:
    templates = _templates()
    checks: list[tuple[str, Sequence[str]]] = [
        ("lint", (*PYTHON, "ruff", "check", "--quiet", ".")),
        ("format", (*PYTHON, "ruff", "format", "--check", "--quiet", ".")),
        ("types", (*PYTHON, "mypy", ".")),
        ("imports", (sys.executable, "-c", _LINT_IMPORTS)),
        ("rulebook", (*MANAGE, "rulebook", "--check")),
        ("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
        ("deploy", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING")),
    ]
    if templates:
        checks += [
            (
                "template indentation",
                (*PYTHON, "djhtml", "--check", "--tabwidth", "2", *templates),
            ),
            (
                "template style",
                (
                    str(Path(sys.executable).with_name("djade")),
                    "--target-version",
                    "5.2",
                    "--check",
                    *templates,
                ),
            ),
        ]
    if list(ROOT.glob("*/management/commands/messages.py")):
        checks.append(("translations", (*MANAGE, "messages", "--check")))
    return checks


# import-linter's command looks for its own script; its function needs none.
_LINT_IMPORTS = (
    "import sys; from importlinter.cli import lint_imports; "
    "sys.exit(lint_imports(no_cache=True))"
)


def check() -> int:
    """Run every check; return 1 if one failed."""
    compile_messages()
    # The types of Django's models are read from the settings, so they need a place.
    environment = {**os.environ, **PRODUCTION}
    environment.pop("PORTAL_ROLE", None)
    failed = [
        name for name, command in _checks() if not _passes(name, command, environment)
    ]
    say(
        f"{len(failed)} failed: {', '.join(failed)}" if failed else "All checks passed."
    )
    return 1 if failed else 0


def _passes(name: str, command: Sequence[str], environment: Mapping[str, str]) -> bool:
    done = subprocess.run(  # noqa: S603 (our own words)
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    say(f"{name}: {'ok' if done.returncode == 0 else 'failed'}")
    if done.returncode != 0:
        say(done.stdout.rstrip())
    return done.returncode == 0
