"""Posts and comments."""

from auth.policies import public, signed_in
from auth.principal import Disclosure
from rest_compat.binding import Parameter
from rest_compat.converters import Boolean, NodeId
from rest_compat.endpoint import Endpoint
from rest_compat.work_progress import failures, shapes
from schema.engine.errors import ErrorCode

ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/post/add",
        "添加帖子",
        "create_post",
        signed_in,
        failures.NOT_ADDED,
        body={
            "title": shapes.text("input.title", "标题"),
            "content": shapes.text("input.content", "内容"),
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
            "content": shapes.text("input.content", "内容"),
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
        signed_in_variable="isSignedIn",
        discloses=frozenset({Disclosure.STUDENT_ACCOUNTS}),
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
)
