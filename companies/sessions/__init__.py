"""Sessions: where somebody is signed in, for how long, and how a session ends.

Writes sessions and the notes about them; of people and memberships only when they were last seen and the counter that
makes old sessions invalid.
"""
