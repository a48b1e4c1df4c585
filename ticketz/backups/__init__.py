"""A database in one encrypted file, and back: `manage.py backup` and `manage.py restore`."""
