// The data path of the Node servers: one connection, statements prepared once, rows as plain objects.
import path from "node:path";

import Database from "better-sqlite3";
import { createVerifier } from "fast-jwt";

const database = new Database(path.join(process.env.DATA_DIR, "careergraph.db"), { readonly: true });

const MAX_ID = 2 ** 53 - 1;
const SHANGHAI_MS = 8 * 60 * 60 * 1000;

const liveSession = database.prepare(`
  SELECT users.id, sessions.api, sessions.expires_at, sessions.revoked_at, user_roles.role
  FROM users
  LEFT JOIN sessions ON sessions.user_id = users.id AND sessions.jti = ?
  LEFT JOIN user_roles ON user_roles.user_id = users.id
  WHERE users.id = ?`);
const usersByIds = database.prepare(`
  SELECT users.id, users.created_at, users.updated_at, users.name, users.class_name, users.major,
    users.must_change_password, users.pursues_postgraduate, users.pursues_employment, accounts.identifier AS account
  FROM users
  LEFT JOIN credentials AS accounts ON accounts.user_id = users.id AND accounts.kind = 'student_account'
  WHERE users.id IN (SELECT value FROM json_each(?))`);
const newestPosts = database.prepare(`
  SELECT id, title, content, anonymous, CASE WHEN anonymous THEN NULL ELSE author_id END AS author_id,
    CASE WHEN anonymous THEN strftime('%Y-%m-%d %H:00:00', created_at) ELSE created_at END AS created_at
  FROM posts WHERE id < ? ORDER BY id DESC LIMIT ?`);
// Ranking all comments of the posts instead would read every one of them.
const newestComments = database.prepare(`
  SELECT comments.id, post_id, created_at, content, anonymous, CASE WHEN anonymous THEN NULL ELSE author_id END AS author_id
  FROM json_each(?) AS posts JOIN comments ON comments.id IN (
    SELECT id FROM comments WHERE post_id = posts.value AND id < ? ORDER BY id DESC LIMIT ?)
  ORDER BY comments.id DESC`);
const clockIns = database.prepare("SELECT * FROM clock_ins WHERE id <= ? ORDER BY id DESC LIMIT ? OFFSET ?");
const clockInCount = database.prepare("SELECT count(*) FROM clock_ins").pluck();

const verify = createVerifier({
  key: process.env.SECRET_KEY,
  algorithms: ["HS256"],
  requiredClaims: ["exp", "iat", "sub", "jti"],
  cache: true,
});

/** The caller of an Authorization header, whose session is live; null if the header is refused. */
export function authenticate(authorization, apis) {
  if (!authorization?.startsWith("Bearer ")) return null;
  let claims;
  try {
    claims = verify(authorization.slice("Bearer ".length));
  } catch {
    return null;
  }
  const rows = liveSession.all(claims.jti, Number(claims.sub));
  const session = rows[0];
  if (!session?.api || session.revoked_at !== null || (apis && !apis.includes(session.api))) return null;
  if (milliseconds(session.expires_at) <= Date.now()) return null;
  return { userId: session.id, roles: rows.map((row) => row.role).filter((role) => role !== null) };
}

/** The users with these ids, in their order. */
export function loadUsers(ids) {
  const found = new Map(usersByIds.all(JSON.stringify(ids)).map((user) => [user.id, user]));
  return ids.map((id) => found.get(id) ?? null);
}

/** The newest posts. */
export function loadPosts(first) {
  return newestPosts.all(MAX_ID, first);
}

/** The newest comments of each of the posts. */
export function loadComments(postIds, first) {
  const found = new Map(postIds.map((id) => [id, []]));
  for (const row of newestComments.all(JSON.stringify(postIds), MAX_ID, first)) found.get(row.post_id).push(row);
  return postIds.map((id) => found.get(id));
}

/** A numbered page of the clock-ins, the newest first. */
export function loadClockIns(page, size) {
  return clockIns.all(MAX_ID, size, (page - 1) * size);
}

/** How many clock-ins there are. */
export function countClockIns() {
  return clockInCount.get();
}

/** The instant of a stored time. */
export function milliseconds(stored) {
  return Date.parse(`${stored.replace(" ", "T")}Z`);
}

/** A stored time in ISO 8601, to the microsecond. */
export function isoTime(stored) {
  return `${stored.replace(" ", "T")}+00:00`;
}

/** A stored time in Shanghai's, to the second. */
export function shanghaiTime(stored) {
  return `${new Date(milliseconds(stored) + SHANGHAI_MS).toISOString().slice(0, 19)}+08:00`;
}
