"""WHMCS as a gateway: what it says becomes companies with access.

a reading             sync is its story; steps, runs, reconcile, whmcs; helping, in a long import
what makes it begin   tick, tasks; out of turn: on_demand, hooks
a look beforehand     doctor, coverage, previews
what operators say    decisions; recovery, after a restored backup
what they are shown   dashboard, admin, runbook, monitoring; roles says who may what, links lead into WHMCS
what customers ask    self_service
in all of these       models, fields, facts; errors, error_codes, wording
for Django            apps, urls, management, migrations
"""
