"""Previews show what a sync would do. They are made without changing companies, stored, and applied exactly.

`whatif` shows what other settings of a gateway would do; that can only be viewed.
"""

from billing.previews.preview import preview_gateway
from billing.previews.result import Preview

__all__ = ["Preview", "preview_gateway"]
