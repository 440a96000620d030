"""What is asked of classes, and the statistics by all of their dimensions."""

CLASS = "1班"
_OF_CLASS = {
    "students": "students(first: 50) { totalCount nodes { account className attendanceStreak { current longest } } }",
    "clockIns": "clockIns(first: 50) { totalCount nodes { location } }",
    "absentees": 'absentees(day: "2026-11-01", slot: MORNING, first: 50) { totalCount nodes { name } }',
    "workLogs": "workLogs(first: 50) { totalCount nodes { job } }",
    "attendance": "attendance { expected attended rate }",
}
_STATISTICS = {
    "attendance": ("CLASS, DAY, SLOT", "expected attended"),
    "attendance by class": ("CLASS", "expected attended"),
    "attendance by day and slot": ("DAY, SLOT", "expected attended"),
    "streaks": ("CLASS, CURRENT", "studentCount longest"),
    "goals": ("CLASS, PURSUIT, EMPLOYMENT_STATUS", "studentCount goalCount"),
    "offers": ("CLASS, PURSUIT", "studentCount applicantCount succeededCount signedCount"),
    "credits": ("DAY, KIND, RULE, ACCOUNT", "entryCount userCount change"),
    "feeds": ("FEED, COMPANY, DAY", "shownCount readCount contactedCount"),
}
QUERIES = {
    **{
        f"schoolClass.{name}": f'{{ schoolClass(name: "{CLASS}") {{ {selected} }} }}'
        for name, selected in _OF_CLASS.items()
    },
    **{
        f"statistics.{name} by {by}": f"{{ statistics {{ {name.split()[0]}(by: [{by}]) {{ {selected} }} }} }}"
        for name, (by, selected) in _STATISTICS.items()
    },
    **{
        f"statistics.{name} of a year": f"{{ statistics {{ {selected} }} }}"
        for name, selected in {
            "attendance": 'attendance(by: [DAY, SLOT], filter: {firstDay: "2025-12-01"}) { expected attended }',
            "streaks": 'streaks(by: [CURRENT], filter: {firstDay: "2025-12-01"}) { studentCount longest }',
        }.items()
    },
}
