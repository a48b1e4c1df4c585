"""The steps of a sync, each with one kind of work. `billing.sync` calls them in order.

A package may import only from those below it in this list; import-linter checks that (`pyproject.toml`). Each package
says what belongs there and what it may touch.

one service alone    one_service
the end              finish
losing access        losses
a page               pages
new companies        newcomers
applying a preview   applied
stop and ask         safeguards
a change             changes
state of a run       run (its lease is in `billing.runs`)
a WHMCS client       clients
"""
