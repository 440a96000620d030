"""The terms that people sign, word for word, and the effects of a signature."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from models.journal import WorkLogStage
from resolvers import goals, journal
from resolvers.platform import id_numbers
from resolvers.scope import Scope
from resolvers.signing import resumes

SIGNED = "已签约"
"""The status line in the work log."""
NO_POSITION = "未填写岗位"
"""The job in the work log of who asked for none."""


def terms(scope: Scope, *, application: Any, contract: Any, company: Any, resume: Any) -> str:
    """What is offered, as canonical JSON: sorted names, no white space, UTF-8. The id number is masked."""
    offered = {
        "contract": {
            "id": contract.id,
            "name": contract.name,
            "body": contract.body,
            "years": contract.years,
            "fileUrl": contract.file_url,
        },
        "company": {"id": company.id, "name": company.name},
        "employee": {
            "userId": resume.user_id,
            "name": resume.name,
            "idNumber": id_numbers.masked(resumes.id_number_of(scope, resume)),
        },
        "position": application.position,
        "entryDate": application.entry_date.isoformat(),
        "salary": f"{Decimal(application.salary_cents) / 100:.2f}",
    }
    return json.dumps(offered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """The SHA-256 hash of terms, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


async def follow_up(scope: Scope, *, company: str, position: str, salary: Decimal) -> None:
    """What the caller's signature changes elsewhere: the employment goal and the work log."""
    amount = f"{salary:.2f}"
    await goals.receive_offer(scope, company=company, job=position, salary=amount)
    log = await journal.create_work_log(
        scope, company_name=company, job=position or NO_POSITION, salary=amount, location=""
    )
    await journal.add_status_line(
        scope, work_log_id=log.id, recorded_at=scope.now, status=SIGNED, stage=WorkLogStage.SUCCEEDED
    )
