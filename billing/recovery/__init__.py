"""Safety after a restored backup: `watermark` detects that the database is outdated, `pauses` pauses the gateways.

A paused gateway is not read and sends no mail until an operator resumes it. May use `billing.runs`, but no step of a
run.
"""
