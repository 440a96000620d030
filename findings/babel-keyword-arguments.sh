#!/usr/bin/env bash
# Babel 2.19.0 extracts `-k NotFound` from NotFound(field="user_id") as the message "user_id": where a call has no
# positional argument, its first keyword argument counts as the first argument. Where the first argument is an
# expression it is passed over, as one expects, whatever keyword arguments follow. So a function that takes an optional message
# first, and names or codes by keyword, fills the catalogue with identifiers, which translators then see as texts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
cat > "$folder/source.py" <<'PYTHON'
NotFound("There is no such post.", field="post_id")
NotFound(field="user_id")
NotFound(text, field="feed_id")
PYTHON
cd "$folder"
"$folder/venv/bin/pybabel" --quiet extract --no-default-keywords -k NotFound --omit-header --no-location -o found.pot source.py
grep msgid found.pot
