"""What a sync would do: found without writing anything, kept to be looked at, and applied exactly."""

from billing.previews.found import Preview
from billing.previews.preview import preview_gateway

__all__ = ["Preview", "preview_gateway"]
