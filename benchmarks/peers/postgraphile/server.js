// PostGraphile 5 on Node's own HTTP server, which checks the same token as the others, in one prepared statement.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

import { createVerifier } from "fast-jwt";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const LIVE_SESSION = `
  SELECT users.id, sessions.api, sessions.expires_at, sessions.revoked_at, user_roles.role
  FROM users
  LEFT JOIN sessions ON sessions.user_id = users.id AND sessions.jti = $1
  LEFT JOIN user_roles ON user_roles.user_id = users.id
  WHERE users.id = $2`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query(await readFile(new URL("views.sql", import.meta.url), "utf8"));

const verify = createVerifier({
  key: process.env.SECRET_KEY,
  algorithms: ["HS256"],
  requiredClaims: ["exp", "iat", "sub", "jti"],
  cache: true,
});

/** The id of an Authorization header's caller, whose session is live. */
async function authenticate(authorization) {
  if (!authorization?.startsWith("Bearer ")) throw new Error("Sign in first.");
  const { jti, sub } = verify(authorization.slice("Bearer ".length));
  const { rows } = await pool.query({ name: "live-session", text: LIVE_SESSION, values: [jti, Number(sub)] });
  const session = rows[0];
  if (!session?.api || session.revoked_at !== null || session.expires_at <= new Date()) throw new Error("Sign in first.");
  return session.id;
}

const graph = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ["peer"] })],
  grafast: { context: async ({ node }) => ({ viewer: await authenticate(node.req.headers.authorization) }) },
  grafserv: { graphiql: false, watch: false },
}).createServ(grafserv);
const answer = graph.createHandler();
await graph.ready();

createServer((request, response) => {
  if (request.url === "/readyz") response.end();
  else answer(request, response);
}).listen(Number(process.env.PORT), "127.0.0.1");
