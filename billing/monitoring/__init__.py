"""Monitors the gateways: the freshness of their data, and alert mails to operators.

For pages and probes to show (`billing.dashboard`, `ticketz.monitoring`); it looks at rows and changes no company.
"""
