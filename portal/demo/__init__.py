"""
The demonstration: invented people and enterprises of Tieling, and what they did since
the second quarter of 2025, reckoned from today.

`beginnings` writes who there is; `stories` lets them act, through the services alone.
"""
