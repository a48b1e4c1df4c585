"""The audit log: its codes, the functions that write it, and the receivers that write it on signals.

Writes `AuditEntry` and nothing else.
"""
