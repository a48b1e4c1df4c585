"""What can go wrong with a backup, each with a sentence for who typed the command."""


class BackupError(Exception):
    """Nothing was written that would have to be undone; the text says what to do."""


class Unreadable(BackupError):
    """The file is none of ours, was cut off or changed, or no key of `BACKUP_KEYS` opens it."""
