"""From WHMCS's facts about services to written changes: find what is new, load our rows, decide, write.

Here belongs what every change goes through, from whatever page or second reading it comes. It reads our rows and
writes services and companies, but only for the decisions it is given. The rules are in `billing.reconcile`; whether a
change may be written at all is not checked here.

changed    which services have new facts
observe    what our rows say about them
numbered   loads rows by their ids
deciding   both together, as decisions
write      writes decisions with a few statements
moved      company events about a service that moved to another client
vanished   company events about a service that vanished, and about one that is found again
entries    enters what happened to each service into the run's report
"""
