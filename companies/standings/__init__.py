"""How companies stand: applies the rules of `companies.access` to rows of the database.

Writes the figures of a day (`DailyStanding`) and nothing else.
"""
