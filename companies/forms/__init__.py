"""The forms. A password is taken exactly as typed: never stripped, never cut, never shown again."""
