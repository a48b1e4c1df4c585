"""What a sync would do: found without writing anything, kept to be looked at, and applied exactly.

And what other numbers of a gateway would do, which is only looked at (`whatif`).
"""

from billing.previews.found import Preview
from billing.previews.preview import preview_gateway

__all__ = ["Preview", "preview_gateway"]
