"""Demonstration data for development: a class of students over some weeks, up to yesterday.

Each domain has a module here with a function that loads its part; `loading.PARTS` lists them. The same day gives
the same data. A database takes it once, so a start seldom needs the modules: `startup.seed` imports them.
"""

DEMONSTRATION_ACCOUNT = "2099000001"
DEMONSTRATION_PASSWORD = "000001"
"""The last six characters of the account, as for every imported student."""
RECRUITER_EMAIL = "recruiter@careers.example"
RECRUITER_PASSWORD = "recruit2099"
DEMONSTRATION_TEACHER = "2099000101"
LOADED = "loaded"
"""The value of the setting `demonstration_data` once all of it is there."""
