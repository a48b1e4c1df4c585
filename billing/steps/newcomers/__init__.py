"""Purchases that become companies, and how thousands of them do so in a long import.

Here belongs everything about services that are to be provisioned. It creates companies and people, and changes none
that are there but to add an owner.

pipeline      purchases on their way: prepared by threads (`clients`), written in groups
provision     company, owner and subscription of some newcomers, in one transaction
purchases     whoever buys during a long import, first
help_wanted   other workers at the same import (`billing.helping` is their side)
"""
