"""What the database itself is asked for: bulk statements, indexes, changes while running, encryption at rest.

Knows tables, no rule.
"""
