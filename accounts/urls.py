"""Addresses."""

from django.urls import URLPattern, path

from accounts.views import (
    acting,
    addresses,
    bureaus,
    enterprises,
    imports,
    notices,
    people,
    sites,
    welcome,
)

urlpatterns: list[URLPattern] = [
    path("acting/", acting.switch_membership, name="switch-membership"),
    path("profile/", acting.profile, name="profile"),
    path("profile/addresses/new/", addresses.address_new, name="address-new"),
    path(
        "profile/addresses/<uuid:public_id>/test/",
        addresses.address_test,
        name="address-test",
    ),
    path(
        "profile/addresses/<uuid:public_id>/remove/",
        addresses.address_end,
        name="address-end",
    ),
    path("profile/mutes/", addresses.mute, name="mute"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path(
        "people/invitations/<uuid:public_id>/repeat/",
        people.invitation_repeat,
        name="invitation-repeat",
    ),
    path(
        "people/invitations/<uuid:public_id>/withdraw/",
        people.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("people/<uuid:public_id>/end/", people.membership_end, name="membership-end"),
    path(
        "people/<uuid:public_id>/recovery/",
        people.recovery_issue,
        name="recovery-issue",
    ),
    path("principal-change/", people.principal_change, name="principal-change"),
    path(
        "principal-change/<uuid:public_id>/withdraw/",
        people.principal_change_withdraw,
        name="principal-change-withdraw",
    ),
    path(
        "principal-change/<uuid:public_id>/acknowledge/",
        people.principal_change_acknowledge,
        name="principal-change-acknowledge",
    ),
    path(
        "principal-change/<uuid:public_id>/refuse/",
        enterprises.principal_change_refuse,
        name="principal-change-refuse",
    ),
    path("enterprises/", enterprises.enterprises, name="enterprises"),
    path("enterprises/import/", imports.enterprise_import, name="enterprise-import"),
    path(
        "enterprises/import/template/", imports.import_template, name="import-template"
    ),
    path(
        "enterprises/import/<uuid:public_id>/",
        imports.preview,
        name="enterprise-import-preview",
    ),
    path(
        "enterprises/import/<uuid:public_id>/invite/",
        imports.invite_principals,
        name="enterprise-import-invite",
    ),
    path("enterprises/<uuid:public_id>/", enterprises.enterprise, name="enterprise"),
    path(
        "enterprises/<uuid:public_id>/invite-principal/",
        enterprises.invite_principal,
        name="enterprise-invite-principal",
    ),
    path("bureaus/", bureaus.bureaus, name="bureaus"),
    path("bureaus/new/", bureaus.bureau_create, name="bureau-create"),
    path("enterprises/<uuid:public_id>/sites/new/", sites.add_site, name="site-new"),
    path(
        "enterprises/<uuid:public_id>/hand-over/",
        sites.hand_over,
        name="enterprise-hand-over",
    ),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices-read"),
    path("notices/<uuid:public_id>/", notices.notice, name="notice"),
    path("welcome/<str:token>/", welcome.accept_invitation, name="accept-invitation"),
    path("recover/<str:token>/", welcome.recover, name="recover"),
]
