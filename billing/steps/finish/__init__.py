"""The end of a run: update contacts from WHMCS, close solved attention items, and store the outcome.

Here belongs what is done once, after everything is read and written. It writes contact details, closes solved items,
and closes the run's report.

refresh       updates names and addresses of a few clients
solved        closes attention items whose cause is gone
silent_hook   notices that WHMCS's hook no longer reports changes
ending        stores when everything was last confirmed, and the outcome
"""
