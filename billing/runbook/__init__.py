"""The runbook, `docs/runbook`, as pages of the administration: whoever has an alarm may have no other copy at hand.

`markup` makes HTML of it, `sections` knows its parts, `page` shows them.
"""
