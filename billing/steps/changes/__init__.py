"""From what WHMCS says about services to what is written: what is new, what stands here, what follows, the writing.

Here belongs what every change goes through, whatever page or second reading it comes from. It reads our rows and
writes services and companies, but only what it is handed. The rules are in `billing.reconcile`; whether a change may
be written at all is not asked here.

changed    which services say something new
observe    what our rows say about those
numbered   rows by their ids
deciding   both together, as decisions
write      decisions as a few statements
moved      what the stories of both companies tell of a service that went to another client
entries    what became of each service, entered into the run's book
"""
