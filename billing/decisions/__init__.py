"""What an operator decides about what waits: `approvals`, yes or no to held changes; `dismissal`, an item put aside.

Pages and commands call it. What was decided is written down here, a no with holds; the next run acts on a yes.
"""
