#!/usr/bin/env python3
"""
The one command: 'python3 start.py' starts everything; --help names the rest.

Needs Python 3.11 with pip and nothing else. This file is written so that an old
Python can still read it and say what is wrong.
"""

import os
import runpy
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (that is its purpose)
    sys.exit(
        "The portal needs Python 3.11 or newer; this is Python "
        + ".".join(map(str, sys.version_info[:3]))
        + ". Install a newer one and start with it, for example: python3.11 start.py"
    )

runpy.run_path(
    os.path.join(  # noqa: PTH118 (an old Python has no pathlib)
        os.path.dirname(os.path.abspath(__file__)),  # noqa: PTH100, PTH120
        "portal",
        "stack",
        "install.py",
    ),
    run_name="__main__",
)
