"""The enumerations of the talent feeds in the graph."""

from models.talent.vocabulary import HuntingState, JobCategory, TalentLevel
from schema.engine.types import enum_type

enum_type(
    TalentLevel,
    description="人才级别.",
    values={
        TalentLevel.JUNIOR: "初级.",
        TalentLevel.INTERMEDIATE: "中级.",
        TalentLevel.SENIOR: "高级.",
        TalentLevel.EXPERT: "专家.",
    },
)
enum_type(
    JobCategory,
    description="工作类型.",
    values={JobCategory.FULL_TIME: "全职.", JobCategory.PART_TIME: "兼职.", JobCategory.INTERNSHIP: "实习."},
)
enum_type(
    HuntingState,
    description="求职状态.",
    values={
        HuntingState.AVAILABLE: "离职，可立即上岗.",
        HuntingState.LOOKING: "在职，正在找工作.",
        HuntingState.OPEN: "在职，考虑更好的机会.",
        HuntingState.NOT_LOOKING: "暂时不找工作.",
    },
)
