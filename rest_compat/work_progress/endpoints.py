"""The recorder's endpoints: the 22 of the document, and the export of its later versions."""

from auth.policies import administrator, public, signed_in
from models.errors import ErrorCode
from rest_compat.binding import Boolean, Date, Integer, Milliseconds, NodeId, Parameter, Rows, Text
from rest_compat.endpoint import Endpoint, Failure, FileReply, Outcome
from rest_compat.reply import Each, Keyed, Object, Via
from rest_compat.work_progress import failures, shapes

TEXT = Text()


def text(variable: str, about: str = "", *, required: bool = True) -> Parameter:
    """A text parameter."""
    return Parameter(variable, TEXT, required=required, about=about)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/user/login",
        "登录",
        "sign_in",
        public,
        failures.SESSION_NOT_UPDATED,
        body={
            "account": text("input.identifier", "学号"),
            "password": text("input.password", "密码"),
        },
        reply={"token": "signIn.token", "user": Object("signIn.user", shapes.LOGIN_USER)},
        errors={
            ErrorCode.WRONG_CREDENTIALS: failures.WRONG_LOGIN,
            ErrorCode.TOKEN_NOT_CREATED: failures.TOKEN_NOT_CREATED,
            ErrorCode.SESSION_NOT_UPDATED: failures.SESSION_NOT_UPDATED,
        },
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
                        "account": text("account", "学号，10 位"),
                        "name": text("name", "姓名"),
                        "class": text("className", "班级", required=False),
                        "major": text("major", "专业", required=False),
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
                    {"errs": Keyed("importUsers.rejected", "account", shapes.REJECTION)},
                ),
            ),
        ),
    ),
    Endpoint(
        "PUT",
        "/api/v1/user/update/psw",
        "更改密码",
        "change_password",
        signed_in,
        failures.PASSWORD_NOT_UPDATED,
        body={
            "id": Parameter("input.userId", NodeId("User"), about="用户id"),
            "old_password": text("input.oldPassword", "原密码", required=False),
            "new_password": text("input.newPassword", "新密码"),
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
        body={"class": text("input.className", "班级"), "major": text("input.major", "专业")},
        errors={ErrorCode.USER_NOT_FOUND: failures.USER_NOT_FOUND},
    ),
    Endpoint(
        "GET",
        "/api/v1/user/target",
        "获取用户目标信息",
        "viewer_goals",
        signed_in,
        failures.TARGET_NOT_FOUND,
        reply={
            "direction": Via(shapes.DIRECTION_LIST.render, "viewer"),
            "goal": Object("viewer", shapes.BOTH_GOALS),
        },
        outcomes=(Outcome("viewer", failures.USER_NOT_FOUND, missing=True),),
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
            "direction": Via(shapes.DIRECTION.render, "viewer"),
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
            "account": text("filter.accountContains", "依账号/学号查询", required=False),
            "name": text("filter.nameContains", "依姓名查询", required=False),
            "direction": Parameter("filter", shapes.PURSUED, about="依目标方向查询，0 为未填写，3 为两个方向都有"),
            "keyword": text("filter.keyword", "依账号或姓名查询", required=False),
        },
        reply=shapes.page("users", shapes.SEARCHED_USER),
    ),
    Endpoint(
        "DELETE",
        "/api/v1/user/dire/del",
        "删除用户方向",
        "remove_direction",
        signed_in,
        failures.DIRECTION_NOT_REMOVED,
        body={
            "direction": Parameter("input.direction", shapes.DIRECTION_CODE, required=True, about="1 为考研，2 为就业")
        },
        unknown={"direction": failures.UNKNOWN_DIRECTION},
        errors={ErrorCode.DIRECTION_NOT_HELD: failures.DIRECTION_NOT_HELD},
    ),
    Endpoint(
        "POST",
        "/api/v1/emgl/add",
        "添加或更新就业目标",
        "set_employment_goal",
        signed_in,
        failures.GOAL_NOT_ADDED,
        body={
            "status": Parameter(
                "input.status", shapes.STATUS, required=True, about="就业状态 1:未拿到offer;2:已拿到offer"
            ),
            "target_company": text("input.targetCompany", "目标公司"),
            "target_job": text("input.targetJob", "目标职位"),
            "target_salary": text("input.targetSalary", "理想薪资"),
            "target_area": text("input.targetArea", "目标地区"),
        },
    ),
    Endpoint(
        "POST",
        "/api/v1/pggl/add",
        "添加或更新考研目标",
        "set_postgraduate_goal",
        signed_in,
        failures.GOAL_NOT_ADDED,
        body={
            "target_university": text("input.targetUniversity", "目标院校"),
            "target_major": text("input.targetMajor", "目标专业"),
            "target_score": Parameter("input.targetScore", Integer(0, 1000), required=True, about="目标分数"),
        },
    ),
    Endpoint(
        "POST",
        "/api/v1/clock_in/add",
        "打卡",
        "clock_in",
        signed_in,
        failures.NO_USER_ID,
        body={"location": text("input.location", "打卡地点")},
        errors={ErrorCode.ALREADY_CLOCKED_IN: failures.ALREADY_CLOCKED_IN},
    ),
    Endpoint(
        "GET",
        "/api/v1/clock_in/is_clock_in",
        "判断用户在当前时间段是否已打卡",
        "current_clock_in",
        signed_in,
        failures.INTERNAL,
        message=failures.NOT_CLOCKED_IN,
        outcomes=(Outcome("viewer.currentClockIn", failures.ALREADY_CLOCKED_IN),),
    ),
    Endpoint(
        "GET",
        "/api/v1/clock_in/search",
        "查询打卡数据",
        "search_clock_ins",
        signed_in,
        failures.INTERNAL,
        query={
            **shapes.PAGE_PARAMETERS,
            "uid": Parameter("filter.userId", NodeId("User"), about="用户id"),
            "date": Parameter("filter.date", Date(), about="打卡日期，格式为 yyyy-mm-dd"),
            "time_slot": Parameter("filter.slot", shapes.SLOT, about="时间段"),
        },
        reply=shapes.page("clockIns", shapes.CLOCK_IN),
    ),
    Endpoint(
        "GET",
        "/api/v1/pgee/cd",
        "获取考研倒计时",
        "exam_countdown",
        public,
        failures.EXAM_DATE_INVALID,
        reply={"days": "examCountdown.days"},
    ),
    Endpoint(
        "POST",
        "/api/v1/wl/add",
        "添加工作日志",
        "create_work_log",
        signed_in,
        failures.NOT_ADDED,
        body={
            "company_name": text("input.companyName", "公司名称"),
            "job": text("input.job", "工作岗位"),
            "salary": text("input.salary", "薪资"),
            "location": text("input.location", "工作地区"),
        },
    ),
    Endpoint(
        "PUT",
        "/api/v1/wl/status/add",
        "更新工作状态",
        "add_work_log_status",
        signed_in,
        failures.NOT_ADDED,
        body={
            "id": Parameter("input.workLogId", NodeId("WorkLog"), required=True, about="工作日志id"),
            "create_time": Parameter("input.recordedAt", Milliseconds(), required=True, about="创建的时间戳，毫秒"),
            "status": text("input.status", "状态"),
            "stage": Parameter("input.stage", shapes.STAGE, about="1 进行中, 2 成功, 3 失败"),
        },
        errors={
            ErrorCode.NOT_FOUND: failures.NOT_ADDED,
            ErrorCode.LIMIT_REACHED: failures.NOT_ADDED,
        },
    ),
    Endpoint(
        "GET",
        "/api/v1/wl/list",
        "获取用户工作日志",
        "work_logs",
        signed_in,
        failures.LOGS_NOT_READ,
        query={"uid": Parameter("user", NodeId("User"), about="用户id")},
        viewer_variable="user",
        reply={"work_logs": Each("node.workLogs.nodes", shapes.WORK_LOG)},
        errors={ErrorCode.FORBIDDEN: failures.LOGS_FORBIDDEN},
        outcomes=(Outcome("node", failures.LOGS_OF_NOBODY, missing=True),),
    ),
    Endpoint(
        "POST",
        "/api/v1/post/add",
        "添加帖子",
        "create_post",
        signed_in,
        failures.NOT_ADDED,
        body={
            "title": text("input.title", "标题"),
            "content": text("input.content", "内容"),
            "anonymous": Parameter("input.anonymous", Boolean(), about="是否匿名"),
        },
    ),
    Endpoint(
        "POST",
        "/api/v1/post/comment/add",
        "添加评论",
        "create_comment",
        signed_in,
        failures.NOT_ADDED,
        body={
            "id": Parameter("input.postId", NodeId("Post"), required=True, about="帖子id"),
            "content": text("input.content", "内容"),
            "anonymous": Parameter("input.anonymous", Boolean(), about="是否匿名"),
        },
        errors={ErrorCode.NOT_FOUND: failures.NOT_ADDED},
    ),
    Endpoint(
        "GET",
        "/api/v1/post/search",
        "查询帖子",
        "search_posts",
        public,
        failures.POSTS_NOT_READ,
        query={
            **shapes.PAGE_PARAMETERS,
            "uid": Parameter("filter.authorId", NodeId("User"), about="发表帖子的用户id"),
        },
        reply=shapes.page("posts", shapes.POST),
    ),
    Endpoint(
        "DELETE",
        "/api/v1/post/del",
        "删除帖子",
        "delete_post",
        signed_in,
        failures.INTERNAL,
        body={"id": Parameter("input.postId", NodeId("Post"), required=True, about="帖子id")},
        errors={
            ErrorCode.NOT_FOUND: failures.POST_NOT_FOUND,
            ErrorCode.FORBIDDEN: failures.POST_FORBIDDEN,
        },
    ),
    Endpoint(
        "GET",
        "/api/v1/ver",
        "获取后端版本号",
        "version",
        public,
        failures.INTERNAL,
        reply={"version": "version"},
    ),
    Endpoint(
        "GET",
        "/api/v1/user/export",
        "导出用户",
        "export_users",
        administrator,
        failures.INTERNAL,
        reply=FileReply("userExport"),
    ),
)
