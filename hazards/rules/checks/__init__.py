"""
The questions of the rulebook, one a module: `ask(case)` answers it from the record as
it stood at the cut-off. Which are asked, in which order and with which effect is said
in law/rulebook.toml, their words in law/questions.toml.
"""
