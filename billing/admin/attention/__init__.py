"""The admin of attention items: what waits for an operator, with buttons that settle it."""

from billing.admin.attention.admin import AttentionItemAdmin

__all__ = ["AttentionItemAdmin"]
