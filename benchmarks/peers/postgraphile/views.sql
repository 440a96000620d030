-- What PostGraphile serves: the tables as callers may see them, with the graph's names in smart tags.
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
CREATE VIEW peer.users AS SELECT id, name FROM public.users;
CREATE VIEW peer.posts AS
  SELECT
    id,
    title,
    CASE WHEN anonymous THEN NULL ELSE author_id END AS author_id,
    replace(
      to_char(
        CASE WHEN anonymous THEN date_trunc('hour', created_at, 'UTC') ELSE created_at END AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
      ),
      '.000000',
      ''
    ) AS created_at
  FROM public.posts;
CREATE VIEW peer.comments AS
  SELECT id, post_id, content, CASE WHEN anonymous THEN NULL ELSE author_id END AS author_id FROM public.comments;
COMMENT ON VIEW peer.users IS E'@primaryKey id';
COMMENT ON VIEW peer.posts IS E'@primaryKey id\n@foreignKey (author_id) references peer.users (id)|@fieldName author';
COMMENT ON VIEW peer.comments IS
  E'@primaryKey id\n@foreignKey (author_id) references peer.users (id)|@fieldName author\n@foreignKey (post_id) references peer.posts (id)|@foreignFieldName comments';
