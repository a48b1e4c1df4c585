"""Texts for people, and their language: verdicts, reasons, dates and numbers in words.

Makes no decisions. Writes the language that a person chose, and nothing else.
"""
