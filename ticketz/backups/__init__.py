"""Backups of the database in one encrypted file: `manage.py backup` and `manage.py restore`."""
