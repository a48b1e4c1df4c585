"""A preview that is applied: a run that may do what was shown, and nothing else.

Here belongs what compares a run with a preview, before it writes and at its end. It writes only what became of the
preview's changes.

lines        a change as one line, as a preview keeps it
limit        what the preview does not show is turned down
accounting   what became of each change that it shows
"""
