"""Applying a preview: a run that may do what the preview shows, and nothing else.

Here belongs the code that compares a run with a preview, before it writes and at its end. It writes only the outcomes
of the previewed changes.

lines        a change as one line, as a preview stores it
limit        refuses what the preview does not show
accounting   the outcome of each previewed change
"""
