"""The outbox, and the notices to owners: which mail is due (pure), what it says, and that it is sent once.

Writes `OutgoingMail` and what was told already, and nothing else.
"""
