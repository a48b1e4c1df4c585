"""The pages for people: the shop, the client area, and a page to play the WHMCS administrator."""

from sandbox.pages.routes import Pages

__all__ = ["Pages"]
