"""The steps of a sync, each with one kind of work. `billing.sync` tells the story that they are steps of.

An import goes down this list, never up; import-linter holds that (`pyproject.toml`). Each package says what belongs
there and what it may touch.

one service alone    one_service
the end              finish
losing access        losses
a page               pages
new companies        newcomers
only what was shown  applied
stop and ask         safeguards
a change             changes
what a run has       run (its lease is in `billing.runs`)
a WHMCS client       clients
"""
