"""After a backup was restored: `watermark` knows that the database is older than what was done with it, `pauses` waits.

Nothing is read or mailed for a paused gateway until an operator says go. May use `billing.runs`, and no step of a run.
"""
