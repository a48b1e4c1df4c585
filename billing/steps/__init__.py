"""The steps of a sync, each with one kind of work. `billing.sync` tells the story that they are steps of.

what a run has       beginning; context, policy, report, throughput (its lease is in `billing.runs`)
reading              page, changed, batching, unreadable; whether to believe it: clock, identity, first_import
deciding             deciding, observe, numbered (the rules are in `billing.reconcile`)
writing              write, moved, entries, attention
new customers        newcomers, details, prepare, pace, provision; in a long import: purchases, help_wanted
losing access        overdue, losses, weighing, holding, figures; closing, confirming, evidence; absence
the end              refresh, ending, solved, silent_hook
one service alone    one_service
only what was shown  lines, limit, accounting
"""
