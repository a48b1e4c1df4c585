"""Who somebody is: sign-in, passwords, change of the sign-in address, and one-time links.

Touches people and their passwords, but no company. What they may do is in `companies.authorization`.
"""
