"""The end of a run: contacts that follow WHMCS, what is solved, and the last word.

Here belongs what is done once when all is read and written. It writes contact details, closes what is solved, and
closes the run's book.

refresh       names and addresses of a few clients
solved        what needs attention no more
silent_hook   WHMCS's hook should have told what was found, and did not
ending        how fresh it all is now, and the outcome
"""
