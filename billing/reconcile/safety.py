"""When so much would change at once that a mistake is likelier than the truth."""

FEWEST_OTHERS = 3
MOST_OTHERS_PERCENT = 20


def is_mass_change(losing: int, *, of: int, max_count: int, max_percent: int) -> bool:
    """Whether `losing` companies out of `of` open ones are too many to lose access without somebody's yes.

    Too many are more than `max_count` and also more than `max_percent` of all, or all of three or more.
    """
    if of >= 3 and losing >= of:
        return True
    return losing > max_count and losing * 100 > max_percent * of


def is_mass_absence(missing: int, *, of: int, max_count: int, max_percent: int) -> bool:
    """Whether `missing` services out of `of` known ones are so many that the listing is doubted, not they.

    Half of three or more are always too many.
    """
    if of >= 3 and missing * 2 >= of:
        return True
    return is_mass_change(missing, of=of, max_count=max_count, max_percent=max_percent)


def is_other_whmcs(different: int, *, of: int) -> bool:
    """Whether `different` clients of those compared are so many that another WHMCS must have answered.

    A few move, merge or marry any day.
    """
    return different >= FEWEST_OTHERS and different * 100 > MOST_OTHERS_PERCENT * of
