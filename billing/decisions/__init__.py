"""The decisions of operators: `approvals` of held changes, and the `dismissal` of attention items.

Pages and commands call them. They store the decision; a rejection also sets holds. The next run acts on approvals.
"""
