"""
What `manage benchmark` measures: each figure beside its counterpart, in one run, on
servers and databases of its own.
"""
