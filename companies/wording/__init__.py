"""What is told to people, and in which language: verdicts, reasons, days and numbers in words.

Decides nothing; writes the language that somebody chose, and nothing else.
"""
