"""
The two commands: installs, servers of our own, the supervisor, tests and checks.

`install` runs on the system's Python before anything is installed; the rest runs on
the environment it made. Nothing here needs Django's settings: it is what sets them.
"""
