"""Certification and its dictionaries and uploads."""

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Items, Text
from rest_compat.developer_platform import certification_shapes, failures
from rest_compat.developer_platform.endpoints.common import dictionary, entries, entry, text, upload
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Each
from schema.engine.errors import ErrorCode

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/user/authenticate",
        "用户认证详情",
        "certification",
        signed_in,
        failures.WRONG_DATA,
        reply={
            "real_name": certification_shapes.real_name("viewer.developer.realName"),
            "educational_info": certification_shapes.education("viewer.developer.education"),
            "job_info": certification_shapes.occupation("viewer.developer.occupation"),
            "award_info": Each("viewer.developer.awards", certification_shapes.award()),
        },
        outcomes=(Outcome("viewer", failures.NOT_FOUND, missing=True),),
    ),
    dictionary("/api/user/authenticate/certificate-type", "证件类型列表", "CERTIFICATE_TYPE"),
    dictionary("/api/user/authenticate/domain", "领域列表", "DOMAIN"),
    dictionary("/api/user/authenticate/education", "学历列表", "EDUCATION"),
    dictionary("/api/user/authenticate/position", "职位列表", "POSITION"),
    dictionary("/api/user/authenticate/award-level", "奖项等级列表", "AWARD_LEVEL"),
    upload("/api/user/authenticate/upload/licensed-photo", "上传持证照片", "LICENSED_PHOTO"),
    upload("/api/user/authenticate/upload/award-prove", "上传奖项认证照片", "AWARD_PICTURE"),
    Endpoint(
        "PUT",
        "/api/user/authenticate/real-name",
        "更新实名认证",
        "submit_real_name",
        signed_in,
        failures.WRONG_DATA,
        body={
            "actual_name": text("input.actualName", "真实姓名"),
            "certificate_type_id": entry("input.certificateType", "证件类型ID"),
            "id_number": text("input.idNumber", "证件号码"),
            "authenticate_picture": text("input.picture", "认证照片"),
        },
        reply=certification_shapes.real_name("submitRealName.realName"),
        errors={ErrorCode.ID_NUMBER_TAKEN: failures.failure(422, "证件号码已被使用")},
    ),
    Endpoint(
        "PUT",
        "/api/user/authenticate/educational-info",
        "更新教育信息",
        "save_education",
        signed_in,
        failures.WRONG_DATA,
        body={
            "institution": text("input.institution", "院校"),
            "education_id": entry("input.level", "学历ID"),
            "project_experience": text("input.projectExperience", "项目经历"),
        },
        reply=certification_shapes.education("saveEducation.education"),
    ),
    Endpoint(
        "PUT",
        "/api/user/authenticate/job-info",
        "更新职业信息",
        "save_occupation",
        signed_in,
        failures.WRONG_DATA,
        body={
            "organization": text("input.organization", "组织"),
            "position_id": entry("input.position", "职位ID"),
            "domain_id": entries("input.domains", "领域ID"),
            "project_experience": text("input.projectExperience", "项目经历"),
        },
        reply=certification_shapes.occupation("saveOccupation.occupation"),
    ),
    Endpoint(
        "POST",
        "/api/user/authenticate/award-info",
        "新增奖项信息",
        "submit_award",
        signed_in,
        failures.WRONG_DATA,
        body={
            "competition": text("input.competition", "竞赛"),
            "award_level_id": entry("input.level", "奖项等级ID"),
            "award_picture": Parameter("input.pictures", Items(Text()), required=True, about="获奖照片"),
        },
        reply=certification_shapes.award("submitAward.award"),
        errors={ErrorCode.LIMIT_REACHED: failures.failure(422, "奖项数量已达上限")},
    ),
)
