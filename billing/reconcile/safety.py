"""Safety limits: when a mass change is more likely a mistake than the truth."""

FEWEST_OTHERS = 3
MOST_OTHERS_PERCENT = 20


def is_mass_change(losing: int, *, of: int, max_count: int, max_percent: int) -> bool:
    """Whether `losing` companies of `of` open ones are too many to lose access without approval.

    Too many means more than `max_count` and more than `max_percent` of all, or all of three or more.
    """
    if of >= 3 and losing >= of:
        return True
    return losing > max_count and losing * 100 > max_percent * of


def is_mass_absence(missing: int, *, of: int, max_count: int, max_percent: int) -> bool:
    """Whether `missing` services of `of` known ones are so many that the listing must be wrong.

    Half of three or more are always too many.
    """
    if of >= 3 and missing * 2 >= of:
        return True
    return is_mass_change(missing, of=of, max_count=max_count, max_percent=max_percent)


def is_other_whmcs(different: int, *, of: int) -> bool:
    """Whether `different` clients of those compared are so many that another WHMCS must have answered.

    A few clients always change, for example when accounts are merged.
    """
    return different >= FEWEST_OTHERS and different * 100 > MOST_OTHERS_PERCENT * of
