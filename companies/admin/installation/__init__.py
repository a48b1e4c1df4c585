"""The settings of the installation: the page, and its form."""

from companies.admin.installation.admin import InstallationAdmin

__all__ = ["InstallationAdmin"]
