"""Whether gateways are read as they should be: how old is what is known, and the mails to those who run this.

For pages and probes to show (`billing.cockpit`, `ticketz.monitoring`); it looks at rows and changes no company.
"""
