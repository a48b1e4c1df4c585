"""What waits for an operator: a list of things to do, each with the buttons that settle it."""

from billing.admin.attention.admin import AttentionItemAdmin

__all__ = ["AttentionItemAdmin"]
