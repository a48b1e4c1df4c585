"""What the admin of plans tells those who listen; this app knows none of them."""

from django.dispatch import Signal

# Sent with `request`, `plan`, `what` ("added", "changed" or "deleted") and the valid `form`, None for a deletion.
plan_edited = Signal()
