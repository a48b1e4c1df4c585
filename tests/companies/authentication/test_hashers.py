"""How passwords are kept."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password, verify_password

from companies.authentication.hashers import encode_readings
from tests.hashing import real_hashes

ODD_PASSWORDS = [
    " leading and trailing ", "tab\tinside", "\U0001f511 emoji", "caf\u00e9", "cafe\u0301", "&amp;x", "a&b<c>\"'",
    "x" * 200,
]  # fmt: skip


@pytest.mark.parametrize("password", ODD_PASSWORDS)
def test_a_password_opens_only_exactly_as_typed(password: str) -> None:
    encoded = make_password(password)
    assert check_password(password, encoded)
    assert not check_password(password + " ", encoded)
    assert not check_password(password[:-1], encoded)


def test_composed_and_decomposed_accents_are_two_passwords() -> None:
    assert not check_password("caf\u00e9", make_password("cafe\u0301"))


def test_new_hashes_have_owasps_parameters() -> None:
    with real_hashes():
        assert "$argon2id$v=19$m=19456,t=2,p=1$" in make_password("secret")


def test_each_hash_has_a_salt_of_its_own_as_strong_as_django_asks_for() -> None:
    with real_hashes():
        first, second = (make_password("secret") for _ in range(2))
        assert first.rpartition("$")[0] != second.rpartition("$")[0]
        assert not identify_hasher(first).must_update(first)


def test_one_reading_is_a_plain_hash() -> None:
    encoded = encode_readings(["secret"])
    assert identify_hasher(encoded).algorithm == "argon2"
    assert check_password("secret", encoded)


def test_each_of_two_readings_opens_and_then_has_to_be_replaced() -> None:
    encoded = encode_readings(["a&amp;b", "a&b"])
    assert verify_password("a&amp;b", encoded) == (True, True)
    assert verify_password("a&b", encoded) == (True, True)
    assert verify_password("a&amp;amp;b", encoded)[0] is False


def test_readings_that_were_stored_with_a_salt_each_open_too() -> None:
    apart = "|".join(encode_readings([reading]) for reading in ("a&amp;b", "a&b"))
    assert [check_password(p, f"argon2_first${apart}") for p in ("a&amp;b", "a&b", "ab")] == [True, True, False]


def test_two_readings_fit_into_the_column() -> None:
    with real_hashes():
        assert len(encode_readings(["a&amp;b" * 40, "a&b" * 40])) <= 500


def test_a_summary_shows_no_hash() -> None:
    encoded = encode_readings(["a", "b"])
    assert "$argon2id" not in str(identify_hasher(encoded).safe_summary(encoded))
