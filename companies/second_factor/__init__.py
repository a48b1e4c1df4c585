"""Second factors: who needs one, how their secrets are kept, and what follows when one comes, goes or is used.

Touches factors and the session that has shown one.
"""
