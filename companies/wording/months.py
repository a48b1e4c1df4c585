"""The months, as Django asks the catalogues for them: Portuguese writes them small, and Django's own catalogue large.

Only `makemessages` reads this list. Ours goes before Django's where both have a word.
"""

from django.utils.translation import gettext_noop as _

MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
    _("October"), _("November"), _("December"),
)  # fmt: skip
