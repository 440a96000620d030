"""Visibility in signing, as conditions of statements that bind `viewer_id`.

A resume that is not deleted is seen by its owner, administrators, and the handlers it was handed to and not taken back
from; an application by its applicant, administrators and its handler; a contract by administrators, handlers, and
the people it was offered to.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from models.identity import Role, UserRole
from models.signing.applications import SignApplication, SignApplicationStatus
from models.signing.companies import Contract, Handler
from models.signing.resumes import Resume
from models.statements import table_of

_roles = table_of(UserRole)
_handlers = table_of(Handler)
_resumes = table_of(Resume)
_contracts = table_of(Contract)
_applications = table_of(SignApplication)
_others = _applications.alias("seen_applications")
_viewer: Any = bindparam("viewer_id")


def _viewer_holds(*roles: Role) -> ColumnElement[bool]:
    return exists().where(_roles.c.user_id == _viewer, _roles.c.role.in_(roles))


viewer_is_administrator = _viewer_holds(Role.ADMINISTRATOR)
is_handler = and_(
    _handlers.c.enabled, exists().where(_roles.c.user_id == _handlers.c.user_id, _roles.c.role == Role.HANDLER)
)
"""Whether a row of `handlers` is somebody who may look after applications."""
_viewers_handlers = select(_handlers.c.id).where(_handlers.c.user_id == _viewer, is_handler)


def _handled(applications: Any) -> ColumnElement[bool]:
    in_hands: ColumnElement[bool] = applications.c.handler_id.in_(_viewers_handlers)
    return in_hands


is_applicant = _applications.c.user_id == _viewer
decides = or_(_handled(_applications), and_(_applications.c.handler_id.is_(None), viewer_is_administrator))
"""Whether the viewer decides on an application: its handler or, where there is none, administrators."""
application_is_visible = or_(is_applicant, viewer_is_administrator, _handled(_applications))
is_present: ColumnElement[bool] = _resumes.c.deleted_at.is_(None)
"""Whether a row of `resumes` is not deleted."""
resume_is_visible = and_(
    is_present,
    or_(
        _resumes.c.user_id == _viewer,
        viewer_is_administrator,
        exists().where(
            _others.c.resume_id == _resumes.c.id,
            _others.c.status != SignApplicationStatus.CANCELLED,
            _handled(_others),
        ),
    ),
)
contract_is_visible = or_(
    _viewer_holds(Role.ADMINISTRATOR, Role.HANDLER),
    exists().where(_others.c.contract_id == _contracts.c.id, _others.c.user_id == _viewer),
)
