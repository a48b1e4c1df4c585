"""Turns purchases into companies, even thousands of them in a long import.

Here belongs everything about services that are to be provisioned. It creates companies and people; existing ones it
changes only to add an owner.

pipeline      purchases in progress: prepared by threads (`clients`), written in groups
provision     creates company, owner and subscription of some newcomers, in one transaction
purchases     provisions first whoever buys during a long import
help_wanted   lets other workers help with the import (`billing.helping` is their side)
"""
