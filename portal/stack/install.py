"""
Makes `.venv` from the hash-locked requirements, then hands over to `portal.stack`.

Runs on the system's Python before anything is installed: standard library only.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
UNFINISHED = VENV / "unfinished"
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"

# What a person may set on purpose: where packages come from and how to get there.
KEPT = re.compile(
    r"(PIP|UV)_(\w*INDEX\w*|FIND_LINKS|\w*PROXY|\w*CERTS?|NATIVE_TLS|TRUSTED_HOST"
    r"|INSECURE_HOST|\w*TIMEOUT|RETRIES|HTTP_RETRIES|CACHE_DIR|CONFIG_FILE"
    r"|KEYRING_PROVIDER)"
)
STRIPPED = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONDONTWRITEBYTECODE",  # without compiled files each start costs seconds
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "__PYVENV_LAUNCHER__",
)


class InstallError(Exception):
    """One sentence that says what is wrong and what to do."""


def say(text: str) -> None:
    """Tell how far it is; standard output belongs to commands."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what would divert an install."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in STRIPPED
        and (not name.startswith(("PIP_", "UV_")) or KEPT.fullmatch(name))
    } | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def stamp(lock: str) -> str:
    """Return what the environment must have been made from."""
    python = f"{platform.python_version()} {platform.machine()} {sys.prefix}"
    return hashlib.sha256((ROOT / lock).read_bytes() + python.encode()).hexdigest()


def stamp_file(lock: str) -> Path:
    """Return where the stamp of an installed lock is kept."""
    return VENV / f"{lock}.sha256"


def is_ready(lock: str) -> bool:
    """Tell whether the environment is whole and made from this lock."""
    try:
        return (
            not UNFINISHED.exists()
            and PYTHON.exists()
            and stamp_file(lock).read_text() == stamp(lock)
        )
    except OSError:
        return False


@contextmanager
def only_one() -> Iterator[None]:
    """Let one start at a time work on `.venv`; the file locked is this one."""
    with Path(__file__).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is installing; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass  # A file system without locks: better to go on than to refuse.
        yield


def run(command: list[str], environment: dict[str, str]) -> bool:
    """Run one install step into the log; tell whether it succeeded."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        try:
            done = subprocess.run(  # noqa: S603 (our own words)
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                check=False,
            )
        except OSError as error:
            log.write(f"{error}\n".encode())
            return False
    return done.returncode == 0


def make_environment() -> None:
    """Make `.venv`, from nothing if an earlier install was cut short."""
    half_made = UNFINISHED.exists() or not python_works()
    if half_made and VENV.exists():
        say("Repairing .venv …")
        shutil.rmtree(VENV)
    if half_made:
        VENV.mkdir()
    UNFINISHED.touch()
    for lock in (RUNTIME, DEVELOPMENT):
        stamp_file(lock).unlink(missing_ok=True)
    if half_made:
        # Without pip: Debian keeps ensurepip in a package of its own.
        venv.EnvBuilder(symlinks=True, with_pip=False).create(VENV)


def python_works() -> bool:
    """Tell whether the environment's Python is this one and starts."""
    if not PYTHON.exists():
        return False
    said = subprocess.run(  # noqa: S603 (our own words)
        [PYTHON, "-c", "import platform; print(platform.python_version())"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() == platform.python_version()


def pip(*arguments: str) -> list[str]:
    """Return the command of the system's pip, working on `.venv`."""
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), *arguments]


def require_pip(environment: dict[str, str]) -> None:
    """Refuse where Python has no pip.

    :raises InstallError: if there is none
    """
    if not run([sys.executable, "-m", "pip", "--version"], environment):
        msg = (
            "This Python has no pip: install it ('apt install python3-pip' on Debian, "
            "or 'python3 -m ensurepip --user') and start again."
        )
        raise InstallError(msg)


def installed_uv(environment: dict[str, str]) -> bool:
    """Install uv, pinned and hashed in the development lock; tell if it worked."""
    text = (ROOT / DEVELOPMENT).read_text()
    block = re.search(r"^uv==(?:.*\\\n)*.*", text, re.MULTILINE)
    if block is None:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt", dir=VENV) as pin:
        pin.write(block.group())
        pin.flush()
        return run(
            pip("install", "--quiet", "--require-hashes", "--no-user", "-r", pin.name),
            environment,
        )


def uv_environment(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment for uv: it reads no pip.conf, so name its index here."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & environment.keys():
        return environment
    index = (
        environment.get("PIP_INDEX_URL", "")
        or subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    )
    return environment | ({"UV_DEFAULT_INDEX": index} if index else {})


def home_is_writable() -> bool:
    """Tell whether uv can keep its cache: some users have no home."""
    home = Path(os.environ.get("HOME", "/nonexistent"))
    return "UV_CACHE_DIR" in os.environ or os.access(home, os.W_OK)


def install(lock: str) -> None:
    """Bring `.venv` to exactly this lock.

    :raises InstallError: if pip is missing or a download fails
    """
    make_environment()
    environment = clean_environment()
    require_pip(environment)
    say(f"Installing {lock} into .venv, once (about 15 seconds) …")
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--system-certs"]
    uv += ["--python", str(PYTHON), "--no-config", "--require-hashes", "-r", lock]
    if not home_is_writable():
        uv.append("--no-cache")
    if not (installed_uv(environment) and run(uv, uv_environment(environment))):
        say("… with pip instead of uv, which takes about a minute …")
        slow = ("install", "--quiet", "--require-hashes", "--no-user", "-r", lock)
        if not run(pip(*slow), environment):
            msg = (
                "Packages could not be downloaded and installed: check the network and "
                f"the free disk space, then start again (details: {LOG})."
            )
            raise InstallError(msg)
    for installed in (RUNTIME, DEVELOPMENT) if lock == DEVELOPMENT else (RUNTIME,):
        stamp_file(installed).write_text(stamp(installed))
    UNFINISHED.unlink()


def refuse_unsupported() -> None:
    """Refuse systems for which the embedded servers have no build.

    :raises InstallError: with what to use instead
    """
    if sys.platform not in ("linux", "darwin"):
        msg = "The portal runs on Linux and macOS; on Windows start it inside WSL."
        raise InstallError(msg)
    if platform.machine() not in ("x86_64", "aarch64", "arm64"):
        msg = (
            f"The portal's packages have no build for {platform.machine()}: "
            "use an x86_64 or ARM64 machine."
        )
        raise InstallError(msg)
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        msg = (
            "The portal's packages need a Linux with glibc (Debian, Ubuntu, Fedora …), "
            "not musl (Alpine)."
        )
        raise InstallError(msg)


def main() -> None:
    """Install what the command needs and become it."""
    needs_tests = bool({"test", "check"} & set(sys.argv[1:]))
    lock = DEVELOPMENT if needs_tests else RUNTIME
    try:
        refuse_unsupported()
        if not is_ready(lock):
            with only_one():
                if not is_ready(lock):
                    install(lock)
    except InstallError as refusal:
        sys.exit(str(refusal))
    except PermissionError as error:
        sys.exit(
            f"{error.filename} may not be written: start as the user who owns {ROOT}, "
            "or from a copy of your own."
        )
    except OSError as error:
        sys.exit(f"Installing stopped ({error}): put that right and start again.")
    except KeyboardInterrupt:
        sys.exit("Stopped while installing; the next start goes on.")
    for name in STRIPPED:
        os.environ.pop(name, None)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "portal.stack", *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()
