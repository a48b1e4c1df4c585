"""The customer's pages and sign-in. Of django-allauth only these pages: no sign-up, no e-mail management."""

from django.urls import path, re_path

from companies.authorization.gates import public, signed_in_only, verified_only
from companies.views import (
    accounts,
    addresses,
    blocked,
    brand,
    factors,
    invitations,
    just_bought,
    overview,
    ownership,
    passkeys,
    person,
    profile,
    ran_out,
    sessions,
    team,
    waiting,
    welcome,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("company/switch/", overview.switch_company, name="switch_company"),
    path("company/check/", blocked.check_payment, name="check_payment"),
    path("team/", team.team, name="team"),
    path("team/who-stays/", waiting.who_stays, name="who_stays"),
    path("team/<slug:key>/", person.person, name="team_person"),
    path("team/<slug:key>/role/", person.change_role, name="team_role"),
    path("team/<slug:key>/resend/", person.resend, name="team_resend"),
    path("team/<slug:key>/again/", ran_out.invite_again, name="team_invite_again"),
    path("team/<slug:key>/dismiss/", ran_out.dismiss, name="team_dismiss"),
    path("team/<slug:key>/owner/", ownership.hand_over, name="team_hand_over"),
    path("team/<slug:key>/back/", waiting.bring_back, name="team_bring_back"),
    path("team/<slug:key>/remove/", person.remove, name="team_remove"),
    path("invitations/<int:pk>/accept/", invitations.accept, name="accept_invitation"),
    path("invitations/<int:pk>/decline/", invitations.decline, name="decline_invitation"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("just-bought/", just_bought.just_bought, name="just_bought"),
    path("welcome/<str:token>/", welcome.welcome, name="welcome"),
    path("account/", profile.profile, name="account"),
    path("account/welcomed/", profile.welcomed, name="account_welcomed"),
    path("account/companies/<int:pk>/leave/", profile.leave, name="account_leave"),
    path("brand/<slug:digest>/logo", brand.logo, name="brand_logo"),
    path("brand/<slug:digest>/colours.css", brand.colours, name="brand_colours"),
    path("account/email/", addresses.change_email, name="account_email"),
    path("account/email/<str:token>/", addresses.confirm_email, name="account_email_confirm"),
    path("account/sessions/", sessions.sessions, name="account_sessions"),
    path("account/sessions/<int:pk>/end/", sessions.end, name="account_session_end"),
    path("account/sessions/end-others/", sessions.end_others, name="account_sessions_end_others"),
    path("i18n/setlang/", profile.choose_language, name="set_language"),
    path("accounts/login/", public(accounts.LoginView.as_view()), name="account_login"),
    path("accounts/logout/", public(accounts.LogoutView.as_view()), name="account_logout"),
    path(
        "accounts/password/change/",
        signed_in_only(accounts.PasswordChangeView.as_view()),
        name="account_change_password",
    ),
    path("accounts/password/reset/", public(accounts.PasswordResetView.as_view()), name="account_reset_password"),
    path(
        "accounts/password/reset/done/",
        public(accounts.PasswordResetDoneView.as_view()),
        name="account_reset_password_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(accounts.PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        public(accounts.PasswordResetFromKeyDoneView.as_view()),
        name="account_reset_password_from_key_done",
    ),
    path("accounts/two-factor/", verified_only(factors.OverviewView.as_view()), name="mfa_index"),
    path("accounts/two-factor/app/", verified_only(factors.ActivateView.as_view()), name="mfa_activate_totp"),
    path(
        "accounts/two-factor/app/remove/", verified_only(factors.DeactivateView.as_view()), name="mfa_deactivate_totp"
    ),
    path("accounts/two-factor/codes/", verified_only(factors.CodesView.as_view()), name="mfa_view_recovery_codes"),
    path(
        "accounts/two-factor/codes/new/",
        verified_only(factors.NewCodesView.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/two-factor/passkeys/add/", verified_only(passkeys.AddPasskeyView.as_view()), name="mfa_add_webauthn"
    ),
    path(
        "accounts/two-factor/passkeys/<int:pk>/name/",
        verified_only(passkeys.RenamePasskeyView.as_view()),
        name="mfa_edit_webauthn",
    ),
    path(
        "accounts/two-factor/passkeys/<int:pk>/remove/",
        verified_only(passkeys.RemovePasskeyView.as_view()),
        name="mfa_remove_webauthn",
    ),
    path("accounts/login/second-step/", public(factors.SecondStepView.as_view()), name="mfa_authenticate"),
    path("accounts/login/passkey/", public(passkeys.PasskeyLoginView.as_view()), name="mfa_login_webauthn"),
    path("accounts/confirm/", signed_in_only(factors.PasswordAgainView.as_view()), name="account_reauthenticate"),
    path("accounts/confirm/code/", signed_in_only(factors.CodeAgainView.as_view()), name="mfa_reauthenticate"),
    path(
        "accounts/confirm/passkey/",
        signed_in_only(passkeys.PasskeyAgainView.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
]
