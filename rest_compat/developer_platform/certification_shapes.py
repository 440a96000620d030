"""How the platform shows the sections of a certification; each is there with empty values before it is filled in."""

from typing import Any

from rest_compat.reply import Each, Or, Part, Via

STATUSES = {"PENDING": "待审核", "APPROVED": "已通过", "REJECTED": "未通过"}


def _under(root: str, path: str) -> str:
    return f"{root}.{path}" if root else path


def _text(root: str, path: str) -> Part:
    return Or(_under(root, path), "")


def _number(root: str, path: str) -> Part:
    return Or(_under(root, f"{path}.number"), 0)


def _review(root: str) -> dict[str, Part]:
    status = Via(STATUSES.__getitem__, _under(root, "certification.status"))
    return {
        "authenticate_status": Or(status, ""),
        "authenticate_message": _text(root, "certification.message"),
    }


def real_name(root: str) -> dict[str, Any]:
    """The section of the RealName at a path."""
    return {
        "actual_name": _text(root, "actualName"),
        "certificate_type_id": _number(root, "certificateType"),
        "id_number": _text(root, "idNumber"),
        "authenticate_picture": _text(root, "pictureFile.path"),
        **_review(root),
    }


def education(root: str) -> dict[str, Any]:
    """The section of the Education at a path."""
    return {
        "institution": _text(root, "institution"),
        "education_id": _number(root, "level"),
        "project_experience": _text(root, "projectExperience"),
    }


def occupation(root: str) -> dict[str, Any]:
    """The section of the Occupation at a path."""
    return {
        "organization": _text(root, "organization"),
        "position_id": _number(root, "position"),
        "domain_id": Each(_under(root, "domains"), "number"),
        "project_experience": _text(root, "projectExperience"),
    }


def award(root: str = "") -> dict[str, Any]:
    """The section of the Award at a path."""
    return {
        "competition": _text(root, "competition"),
        "award_level_id": _number(root, "level"),
        "award_picture": Or(Each(_under(root, "pictureFiles"), "path"), []),
        **_review(root),
    }
