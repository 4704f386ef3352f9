"""
Starts the portal as a newcomer does, signs in over HTTP, and stops it.

Run by `.ci/smoke` with the system's Python: standard library only.
"""

# ruff: noqa: INP001 (a script, no package)

import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / "state-of-first-start"


class SmokeError(Exception):
    """What went wrong."""


def say(text: str) -> None:
    """Tell the log."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def fetch(
    opener: urllib.request.OpenerDirector, url: str, form: bytes | None = None
) -> tuple[str, str]:
    """Return the final address and the text of a page.

    :raises SmokeError: if the answer is not 200
    """
    request = urllib.request.Request(url, data=form, headers={"Referer": url})  # noqa: S310
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.geturl(), answer.read().decode()
    except urllib.error.HTTPError as error:
        msg = f"{url} answered {error.code}"
        raise SmokeError(msg) from error
    except (OSError, http.client.HTTPException) as error:
        msg = f"{url} did not answer ({error})"
        raise SmokeError(msg) from error


def is_healthy(address: str, portal: subprocess.Popen[bytes]) -> None:
    """Wait until /healthz answers 200: it first installs, migrates, loads the demo.

    :raises SmokeError: if it does not within ten minutes
    """
    opener = urllib.request.build_opener()
    until = time.monotonic() + 600
    while True:
        try:
            fetch(opener, f"{address}healthz")
        except SmokeError as error:
            if portal.poll() is not None:
                msg = f"start.py ended with {portal.returncode}"
                raise SmokeError(msg) from error
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def everyone_signs_in(address: str) -> None:
    """Sign in with every account that was printed.

    :raises SmokeError: if that does not lead to a desk that answers 200
    """
    accounts = json.loads((STATE / "demo-accounts.json").read_text())
    if not accounts:
        msg = "the demo has no accounts"
        raise SmokeError(msg)
    for account in accounts:
        sign_in(address, account)
    say(f"   … {len(accounts)} accounts, each to its desk")


def sign_in(address: str, account: dict[str, str]) -> None:
    """Sign in over HTTP as a browser does, with cookies of its own.

    :raises SmokeError: if that does not lead to a desk that answers 200
    """
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = f"{address}account/login/"
    _, text = fetch(opener, page)
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    if found is None:
        msg = "the sign-in page has no CSRF token"
        raise SmokeError(msg)
    form = {
        "csrfmiddlewaretoken": found.group(1),
        "login": account["username"],
        "password": account["password"],
    }
    where, _ = fetch(opener, page, urllib.parse.urlencode(form).encode())
    if where != f"{address}desk/":
        msg = f"signing in as {account['username']} led to {where}"
        raise SmokeError(msg)


def stops(portal: subprocess.Popen[bytes]) -> None:
    """Stop it as Ctrl-C does.

    :raises SmokeError: if it does not end well
    """
    portal.send_signal(signal.SIGINT)
    if portal.wait(60) != 0:
        msg = f"start.py ended with {portal.returncode}"
        raise SmokeError(msg)


def nothing_is_left() -> None:
    """Look for processes that run from this clone.

    :raises SmokeError: naming them
    """
    left = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            mine = entry.stat().st_uid == os.getuid()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            where = str((entry / "cwd").readlink())
        except OSError:
            continue  # It has ended, or is another user's.
        ours = where.startswith(str(ROOT)) or str(ROOT) in command
        if mine and ours and int(entry.name) != os.getpid():
            left.append(command)
    if left:
        msg = f"still running: {left}"
        raise SmokeError(msg)


def main() -> int:
    """Walk the first start; return 1 if a step fails."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    command = ["python3", "start.py", "--port", str(port), "--state", str(STATE)]
    portal = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 (our own words)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("it starts and every part is well", lambda: is_healthy(address, portal)),
        ("the demo's accounts sign in", lambda: everyone_signs_in(address)),
        ("Ctrl-C stops it", lambda: stops(portal)),
        ("nothing is left running", nothing_is_left),
    ]
    passed = 0
    try:
        for name, step in steps:
            began = time.monotonic()
            step()
            passed += 1
            say(f"{name}: ok, {time.monotonic() - began:.0f} s")
    except (SmokeError, OSError, subprocess.TimeoutExpired) as error:
        say(f"{steps[passed][0]}: failed: {error}")
        for log in sorted((STATE / "log").glob("*.log")):
            say(f"-- {log.name}\n{log.read_text(errors='replace')[-2000:]}")
    finally:
        if portal.poll() is None:
            portal.kill()
    say(f"smoke: {passed} passed, {len(steps) - passed} failed")
    return 0 if passed == len(steps) else 1


if __name__ == "__main__":
    sys.exit(main())
