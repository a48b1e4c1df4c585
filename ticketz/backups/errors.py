"""The errors of backups, each with a sentence for the person who ran the command."""


class BackupError(Exception):
    """Nothing has to be undone. The text says what to do."""


class Unreadable(BackupError):
    """The file is not a backup, was truncated or changed, or no key of `BACKUP_KEYS` decrypts it."""
