"""WHMCS as a gateway: what it says becomes companies with access.

a reading             sync is its story; steps, runs, reconcile, whmcs; helping
what makes it begin   tasks; out of turn: wishes, payment_checks, hooks
a look beforehand     doctor, coverage, previews, whatif
what operators say    approvals, dismissal; pauses after a restored backup, which watermark notices
what they are shown   cockpit, admin, runbook, alerts; roles says who may what, links lead into WHMCS
what customers ask    desk
in all of these       models, fields, facts, freshness; errors, error_codes, wording
for Django            apps, urls, management, migrations
"""
