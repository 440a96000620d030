"""published dictionaries, uploads and certification."""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

# Old clients keep these numbers: entries are renamed and disabled, never renumbered or removed.
PUBLISHED = {
    "certificate_type": ("身份证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "军官证"),
    "domain": (
        "安防",
        "工地",
        "交通",
        "零售",
        "制造",
        "能源",
        "环保",
        "医疗",
        "金融",
        "农业",
        "教育",
        "物流",
        "互联网",
        "其他",
    ),
    "education": ("博士", "硕士", "本科", "大专", "高中", "其他"),
    "position": (
        "算法工程师",
        "研发工程师",
        "测试工程师",
        "运维工程师",
        "数据工程师",
        "产品经理",
        "项目经理",
        "研究员",
        "教师",
        "学生",
        "其他",
    ),
    "award_level": ("国际级", "国家级", "省级", "市级", "校级", "企业级"),
    "research_direction": (
        "人脸",
        "人体",
        "车辆",
        "文字识别",
        "图像分类",
        "目标检测",
        "目标跟踪",
        "图像分割",
        "行为识别",
        "姿态估计",
        "图像生成",
        "三维视觉",
        "视频理解",
        "自然语言处理",
        "语音识别",
        "其他",
    ),
}


def upgrade() -> None:
    """Apply the change."""
    publish()


def publish() -> None:
    """Fill the dictionaries; each kind counts from 1."""
    now = datetime.now(UTC)
    entries = sa.table(
        "dictionary_entries",
        sa.column("created_at", sqlmodel.sql.sqltypes.UTCDateTime()),
        sa.column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime()),
        sa.column("kind", sa.String),
        sa.column("number", sa.Integer),
        sa.column("name", sa.String),
        sa.column("enabled", sa.Boolean),
    )
    op.bulk_insert(
        entries,
        [
            {
                "created_at": now,
                "updated_at": now,
                "kind": kind,
                "number": number,
                "name": name,
                "enabled": True,
            }
            for kind, names in PUBLISHED.items()
            for number, name in enumerate(names, 1)
        ],
    )


def downgrade() -> None:
    """Take the change back."""
    op.execute("DELETE FROM dictionary_entries")
