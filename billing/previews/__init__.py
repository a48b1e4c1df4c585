"""Previews show what a sync would do. They are made without changing companies, stored, and applied exactly.

`whatif` shows what other settings of a gateway would do; that can only be viewed.
"""

from billing.previews.found import Preview
from billing.previews.preview import preview_gateway

__all__ = ["Preview", "preview_gateway"]
