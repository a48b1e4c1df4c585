"""A signal of the admin of plans, for apps that this one must not import."""

from django.dispatch import Signal

# Sent with `request`, `plan`, `what` ("added", "changed" or "deleted") and the valid `form`, None for a deletion.
plan_edited = Signal()
