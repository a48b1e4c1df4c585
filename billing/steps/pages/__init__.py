"""Handles what was read: whole pages, unreadable rows, and services that are on no page.

Here belongs the way from a page to written changes. Good news is written here; losses of access are only collected,
for `losses`.

page         a page, from reading to writing
unreadable   rows that can't be read
missing      finds services that the list lacks and asks for them one by one, for a run and for a preview
absence      what a run concludes from that
"""
