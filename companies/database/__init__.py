"""Low-level database code: bulk statements, indexes, online migrations, encryption at rest.

Knows tables, but no rules.
"""
