"""Users: signing in, import, passwords, details, search and export."""

from auth.policies import administrator, password_holder, public, signed_in
from rest_compat.binding import Parameter, Rows
from rest_compat.converters import File, Integer
from rest_compat.endpoint import Endpoint, Failure, FileReply, Outcome
from rest_compat.reply import Keyed, Object
from rest_compat.work_progress import failures, shapes
from schema.engine.errors import ErrorCode

ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/user/login",
        "登录",
        "sign_in",
        public,
        failures.SESSION_NOT_UPDATED,
        body={
            "account": shapes.text("input.identifier", "学号"),
            "password": shapes.text("input.password", "密码"),
        },
        fixed={"input.kind": "STUDENT_ACCOUNT"},
        reply={"token": "signIn.token", "user": Object("signIn.user", shapes.LOGIN_USER)},
        errors={
            ErrorCode.WRONG_CREDENTIALS: failures.WRONG_LOGIN,
            ErrorCode.USER_NOT_FOUND: failures.WRONG_LOGIN,
            ErrorCode.AWAITING_APPROVAL: failures.AWAITING_APPROVAL,
            ErrorCode.ROLE_MISSING: failures.NOT_ADMITTED,
            ErrorCode.TOKEN_NOT_CREATED: failures.TOKEN_NOT_CREATED,
            ErrorCode.SESSION_NOT_UPDATED: failures.SESSION_NOT_UPDATED,
        },
        cannot={ErrorCode.AWAITING_ACTIVATION: "Only e-mail addresses are activated; students sign in here."},
    ),
    Endpoint(
        "POST",
        "/api/v1/user/import",
        "导入用户",
        "import_users",
        administrator,
        failures.INTERNAL,
        body={
            "list": Parameter(
                "input.users",
                Rows(
                    {
                        "account": shapes.text("account", "学号，10 位"),
                        "name": shapes.text("name", "姓名"),
                        "class": shapes.text("className", "班级", required=False),
                        "major": shapes.text("major", "专业", required=False),
                    }
                ),
                required=True,
                about="用户列表，最多 2000 项",
            )
        },
        outcomes=(
            Outcome(
                "importUsers.rejected",
                Failure(
                    100,
                    failures.IMPORT_FAILED,
                    {
                        "errs": Keyed("importUsers.rejected", "account", shapes.REJECTION),
                        "rows": shapes.REJECTED_ROWS,
                    },
                ),
            ),
        ),
    ),
    Endpoint(
        "POST",
        "/api/v1/user/import/file",
        "导入表格中的用户",
        "import_users_from_file",
        administrator,
        failures.INTERNAL,
        body={
            "file": Parameter("input.file", File(shapes.COLUMNS), required=True, about="xlsx 或 csv 表格，最多 2000 行")
        },
        outcomes=(
            Outcome(
                "importUsersFromFile.rejected",
                Failure(
                    100,
                    failures.IMPORT_FAILED,
                    {
                        "errs": Keyed("importUsersFromFile.rejected", "account", shapes.REJECTION),
                        "rows": shapes.REJECTED_LINES,
                    },
                ),
            ),
        ),
    ),
    Endpoint(
        "PUT",
        "/api/v1/user/update/psw",
        "更改密码",
        "change_password",
        password_holder,
        failures.PASSWORD_NOT_UPDATED,
        body={
            "id": Parameter("input.userId", shapes.UserOrSelf(), about="用户id，0 为自己"),
            "old_password": shapes.text("input.oldPassword", "原密码", required=False),
            "new_password": shapes.text("input.newPassword", "新密码"),
        },
        errors={
            ErrorCode.USER_NOT_FOUND: failures.USER_NOT_FOUND,
            ErrorCode.WRONG_PASSWORD: failures.WRONG_OLD_PASSWORD,
            ErrorCode.FORBIDDEN: failures.PASSWORD_FORBIDDEN,
        },
    ),
    Endpoint(
        "PUT",
        "/api/v1/user/update/info",
        "更新用户信息",
        "update_profile",
        signed_in,
        failures.PROFILE_NOT_UPDATED,
        body={"class": shapes.text("input.className", "班级"), "major": shapes.text("input.major", "专业")},
        errors={ErrorCode.USER_NOT_FOUND: failures.USER_NOT_FOUND},
    ),
    Endpoint(
        "GET",
        "/api/v1/user/info",
        "获取用户信息",
        "viewer",
        signed_in,
        failures.USER_NOT_FOUND,
        reply={
            "user": Object("viewer", shapes.USER),
            "direction": Object("viewer", shapes.DIRECTION),
            "goal": Object("viewer.postgraduateGoal", shapes.POSTGRADUATE_GOAL),
        },
        outcomes=(Outcome("viewer", failures.USER_NOT_FOUND, missing=True),),
    ),
    Endpoint(
        "GET",
        "/api/v1/user/search",
        "查询用户信息",
        "search_users",
        administrator,
        failures.INTERNAL,
        query={
            **shapes.PAGE_PARAMETERS,
            "page_size": Parameter("first", Integer(minimum=1, cap=10_000), default=10, about="每页大小，最多 10000"),
            "account": shapes.text("filter.accountContains", "依账号/学号查询", required=False),
            "name": shapes.text("filter.nameContains", "依姓名查询", required=False),
            "direction": Parameter("filter", shapes.PURSUED, about="依目标方向查询，0 为未填写，3 为两个方向都有"),
            "keyword": shapes.text("filter.keyword", "依账号或姓名查询", required=False),
        },
        reply=shapes.page("users", shapes.SEARCHED_USER),
    ),
    Endpoint(
        "GET",
        "/api/v1/user/export",
        "导出用户",
        "export_users",
        administrator,
        failures.INTERNAL,
        reply=FileReply("userExport", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ),
)
