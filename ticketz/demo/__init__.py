"""`make demo`: Ticketz and a WHMCS stand-in on one machine, with no service installed.

`place` says where everything is, `seed` fills an empty database, `supervisor` runs the four processes, `guide` says
where to click. Nothing of it is used in production.
"""
