"""Which text of which input is of which kind."""

from collections.abc import Iterator

from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type
from strawberry.utils.str_converters import to_camel_case

from models import texts
from models.texts import Normalise
from schema.engine.texts import kinds
from schema.schema import build_schema

SCHEMA = build_schema()._schema
KINDS: dict[Normalise, set[str]] = {
    texts.account: {"NewUserInput.account", "UpdateUserInput.account", "UserFilter.accountContains"},
    texts.class_name: {
        "AssignTeacherInput.className",
        "AttendanceStatisticsFilter.classNames",
        "GoalStatisticsFilter.classNames",
        "NewUserInput.className",
        "OfferStatisticsFilter.classNames",
        "StreakStatisticsFilter.classNames",
        "UnassignTeacherInput.className",
        "UpdateProfileInput.className",
        "UpdateUserInput.className",
        "UserFilter.className",
    },
    texts.username: {"RegisterAttendanceStaffInput.username", "RegisterDeveloperInput.username"},
    texts.code: {
        "BindEmailInput.code",
        "ChangeEmailInput.code",
        "ChangeMobileInput.newCode",
        "ChangeMobileInput.oldEmailCode",
        "ChangeMobileInput.oldMobileCode",
        "LinkCredentialInput.code",
        "MergeAccountsInput.code",
        "OwnProofInput.code",
        "RegisterDeveloperInput.code",
        "ResetPasswordInput.code",
        "SendPhoneCodeInput.captchaAnswer",
        "UpdateJobTargetInput.qq",
        "VerifyResumePhoneInput.code",
    },
    texts.phone: {
        "BecomeRecruiterInput.phone",
        "ChangeMobileInput.newMobile",
        "CreateHandlerInput.phone",
        "EmergencyContactInput.phone",
        "RegisterDeveloperInput.mobile",
        "RegisterRecruiterInput.phone",
        "ResumeInput.phone",
        "SendPhoneCodeInput.mobile",
        "SendRegistrationCodeInput.mobile",
        "UpdateHandlerInput.phone",
        "UpdateUserInput.mobile",
    },
    texts.date: {
        "ResumeEducationInput.endTime",
        "ResumeEducationInput.startTime",
        "WorkExperienceInput.endTime",
        "WorkExperienceInput.startTime",
    },
    texts.id_number: {"ResumeInput.idNumber", "SignApplicationFilter.idNumber", "SubmitRealNameInput.idNumber"},
    texts.email: {
        "BindEmailInput.email",
        "ChangeEmailInput.newEmail",
        "ChangeEmailInput.oldEmail",
        "CreateHandlerInput.email",
        "RegisterRecruiterInput.email",
        "ResendActivationInput.email",
        "UpdateHandlerInput.email",
        "UpdateJobTargetInput.email",
        "UpdateUserInput.email",
    },
    texts.name: {
        "CreateHandlerInput.name",
        "EmergencyContactInput.name",
        "NewUserInput.name",
        "ResumeInput.name",
        "SubmitRealNameInput.actualName",
        "UpdateHandlerInput.name",
        "UpdateUserInput.name",
        "UserFilter.keyword",
        "UserFilter.nameContains",
    },
}
AS_TYPED = {
    "ActivateRecruiterInput.token",
    "ChangePasswordInput.newPassword",
    "ChangePasswordInput.oldPassword",
    "ConfirmEmailInput.token",
    "LinkCredentialInput.password",
    "MergeAccountsInput.password",
    "OwnProofInput.password",
    "RegisterAttendanceStaffInput.confirmPassword",
    "RegisterAttendanceStaffInput.password",
    "RegisterDeveloperInput.password",
    "RegisterRecruiterInput.password",
    "ResetPasswordInput.newPassword",
    "SendPhoneCodeInput.captchaToken",
    "SignInInput.password",
    "WechatInput.code",
}
BY_ITS_KIND = {
    "LinkCredentialInput.address",
    "MergeAccountsInput.identifier",
    "OwnProofInput.identifier",
    "ResetPasswordInput.address",
    "SendCodeInput.address",
    "SendContactCodeInput.address",
    "SignInInput.identifier",
    "UnlinkCredentialInput.address",
    "UnlinkUserCredentialInput.address",
}
"""Free text as far as the input knows: `resolvers.identity.identifiers` normalises it by the `kind` beside it."""
SPECIAL = ("account", "code", "date", "email", "idnumber", "mobile", "password", "phone", "time", "token", "username")


def declared() -> Iterator[tuple[str, Normalise]]:
    """Every text of an input, and what normalises it."""
    for name, type_ in SCHEMA.type_map.items():
        if isinstance(type_, GraphQLInputObjectType):
            origin = type_.extensions["strawberry-definition"].origin
            for field, kind in kinds(origin).items():
                yield f"{name}.{to_camel_case(field)}", kind


def test_every_text_of_an_input_has_its_kind() -> None:
    found: dict[Normalise, set[str]] = {}
    for name, kind in declared():
        found.setdefault(kind, set()).add(name)
    free = found.pop(texts.free_text)
    (as_typed,) = [found.pop(kind) for kind in set(found) - set(KINDS)]

    assert found == KINDS
    assert as_typed == AS_TYPED
    assert {name for name in free if name.partition(".")[2].lower().endswith(SPECIAL)} == set()
    assert free >= BY_ITS_KIND


def test_no_text_is_left_out() -> None:
    of_inputs = {
        f"{name}.{field}"
        for name, type_ in SCHEMA.type_map.items()
        if isinstance(type_, GraphQLInputObjectType)
        for field, declaration in type_.fields.items()
        if get_named_type(declaration.type).name == "String"
    }
    of_fields = {
        f"{name}.{field}({argument})"
        for name, type_ in SCHEMA.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
        for field, declaration in type_.fields.items()
        for argument, definition in declaration.args.items()
        if get_named_type(definition.type).name == "String" and argument not in {"after", "before"}
    }

    assert of_inputs == {name for name, _ in declared()}
    # These normalise it themselves.
    assert of_fields == {
        "Query.classNames(search)",
        "Query.projects(search)",
        "Query.schoolClass(name)",
        "Query.search(query)",
    }
