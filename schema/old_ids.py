"""The types whose objects may have come from a predecessor: ids and links of there go on to lead to them."""

from collections.abc import Collection, Mapping

from models.attendance import ClockIn
from models.community import Post
from models.goals import EmploymentGoal, PostgraduateGoal
from models.identity import User
from models.journal import WorkLog
from models.platform.certification import Award
from models.platform.credits import CreditEntry
from models.signing.applications import SignApplication
from models.signing.companies import Company, Contract, Handler
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation
from resolvers.legacy import old_ids
from resolvers.scope import Scope
from schema.engine.ids import OLD, CurrentNumbers

_TYPES: Mapping[str, type] = {
    "Award": Award,
    "CandidateResume": Resume,
    "ClockIn": ClockIn,
    "Company": Company,
    "Contract": Contract,
    "CreditEntry": CreditEntry,
    "EmploymentGoal": EmploymentGoal,
    "Feed": Feed,
    "Handler": Handler,
    "Post": Post,
    "PostgraduateGoal": PostgraduateGoal,
    "Recommendation": Recommendation,
    "Resume": Resume,
    "SignApplication": SignApplication,
    "User": User,
    "WorkLog": WorkLog,
}


def _of(model: type) -> CurrentNumbers:
    async def current(scope: Scope, numbers: Collection[int]) -> Mapping[int, int]:
        return await old_ids.current(scope, table_of(model), numbers)

    return current


OLD.update({name: _of(model) for name, model in _TYPES.items()})
