"""A person who signs in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from companies.people.emails import InvalidEmail, canonical_email


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail and finds them by its canonical form only."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person. Raises InvalidEmail. Without a password they can't sign in yet."""
        user = self.model(email=canonical_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address in any spelling. An invalid address raises User.DoesNotExist as well."""
        try:
            return self.get(email=canonical_email(username or ""))
        except InvalidEmail:
            raise self.model.DoesNotExist from None


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `email` is always in canonical form (`companies.people.emails`) and is what they sign in with."""

    # Room for the readings of a first password, see companies.authentication.hashers.FirstPasswordHasher.
    password = models.CharField(_("password"), max_length=500)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=255, blank=True)
    is_staff = models.BooleanField(_("operator"), default=False, help_text=_("May sign in to this administration."))
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        help_text=_("Chosen by the person. Until they choose, pages follow the browser, and mails the company."),
    )
    password_is_from_shop = models.BooleanField(
        _("still has the password from the shop"),
        default=False,
        help_text=_("The shop has seen this password, so Ticketz offers to change it."),
    )
    password_was_given = models.BooleanField(
        _("still has the password that was chosen for them"),
        default=False,
        db_default=False,
        help_text=_("Whoever added this person knows the password, so Ticketz offers to change it."),
    )

    welcomed_at = models.DateTimeField(
        _("read the welcome"), null=True, blank=True, editable=False, help_text=_("Empty: the overview still shows it.")
    )

    # Part of the session hash: a new number ends all sessions.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @property
    def password_is_known(self) -> bool:
        """Whether somebody else knows this person's password."""
        return self.password_is_from_shop or self.password_was_given

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["email"], condition=models.Q(is_staff=True), name="user_is_operator"),
            models.Index(fields=["email"], condition=models.Q(is_active=False), name="user_is_off"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        if not self.email:  # told already, as what is missing or what is no address
            return
        try:
            self.email = canonical_email(self.email)
        except InvalidEmail:
            raise ValidationError({"email": _("This is not an e-mail address that can be used here.")}) from None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hash, which changes only with the password, and the epoch. Epoch 0 keeps Django's hash."""
        usual: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_epoch:
            return usual
        salt = "companies.models.user.session_epoch"
        return salted_hmac(salt, f"{usual} {self.session_epoch}", secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email
