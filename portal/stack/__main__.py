"""The command line behind `start.py`."""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from portal.stack.check import check
from portal.stack.manage import manage
from portal.stack.refusal import RefusalError, say
from portal.stack.state import ROOT
from portal.stack.test import test
from portal.stack.up import up

USAGE = """\
python3 start.py [up]            start everything and keep it running
python3 start.py manage ARGS …   run one of Django's commands
python3 start.py test [ARGS …]   run the tests (ARGS go to pytest)
python3 start.py check           run every check
"""


class Parser(argparse.ArgumentParser):
    """Refuses in one sentence, too."""

    def error(self, message: str) -> NoReturn:
        """Say what is not understood and end with status 2."""
        said = f"{message[:1].upper()}{message[1:]}"
        say(f"{said}: 'python3 start.py --help' shows what may be written.")
        sys.exit(2)


def main(arguments: list[str]) -> int:
    """Run one of the commands; return the exit status."""
    parser = Parser(
        prog="start.py",
        usage=USAGE,
        description="The hazard portal, started with one command.",
    )
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument(
        "--host", default="127.0.0.1", help="default: this machine only"
    )
    parser.add_argument(
        "--state",
        default=str(ROOT / ".state"),
        help="where data is kept; default: .state",
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="leave a new database empty"
    )
    before, name, after = _split(arguments)
    options = parser.parse_args(before + after if name == "up" else before)
    try:
        return _run(name, options, after)
    except RefusalError as refusal:
        say(str(refusal))
        return 1
    except PermissionError as error:
        say(f"{error.filename} may not be used: start as the user who owns it.")
        return 1
    except OSError as error:
        say(f"Stopped: {error}. Put that right and start again.")
        return 1


def _split(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    """Part the options of `start.py` from the command and what belongs to it."""
    for place, argument in enumerate(arguments):
        if argument in ("up", "manage", "test", "check") and (
            place == 0 or arguments[place - 1] not in ("--state", "--host", "--port")
        ):
            return arguments[:place], argument, arguments[place + 1 :]
    return arguments, "up", []


def _run(name: str, options: argparse.Namespace, after: list[str]) -> int:
    if name == "manage":
        return manage(Path(options.state), after)
    if name == "test":
        return test(after)
    if name == "check":
        return check()
    return up(options)


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
