"""The audit log: the names of what is written down, writing it, and what is written down wherever it happens.

Writes `AuditEntry` and nothing else.
"""
