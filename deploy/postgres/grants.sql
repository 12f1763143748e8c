-- What each role may do with the tables there are. Run by the owner after every migration:
--
--   psql -X -d "$OWNER_DATABASE_URL" -f grants.sql        (-v prefix=erp names the roles)
--
-- History is found, not listed: a table is append-only when a trigger refuses UPDATE and DELETE on
-- it (a function named ..._refuse). There the app loses the right as well, so that a trigger somebody
-- switched off is not the only thing between the app and the past.

\set ON_ERROR_STOP on
\if :{?prefix}
\else
    \set prefix erp
\endif
\set app :prefix _app
\set readonly :prefix _readonly

BEGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO :"readonly";

-- ---------------------------------------------------------------- history
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', kept.name, :'app')
FROM (
    SELECT DISTINCT tgrelid::regclass AS name
    FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid
    JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal
      AND relnamespace = 'public'::regnamespace
      AND proname LIKE '%\_refuse'
      AND tgtype & 26 = 26  -- before, update, delete
) AS kept \gexec

-- Which migrations ran is for the owner to write down.
SELECT format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM %I', :'app')
WHERE to_regclass('public.django_migrations') IS NOT NULL \gexec

-- ---------------------------------------------------------------- secrets
-- Sessions, tokens, stored replies, mails and the results of tasks are nobody's report.
SELECT format('REVOKE ALL ON %I FROM %I', secret.name, :'readonly')
FROM (VALUES
    ('django_session'),
    ('accounts_apisession'),
    ('common_idempotencykey'),
    ('common_outboxmessage'),
    ('django_tasks_database_dbtaskresult')
) AS secret (name)
WHERE to_regclass('public.' || quote_ident(secret.name)) IS NOT NULL \gexec

-- People are read without what they log in with.
SELECT format('REVOKE ALL ON accounts_user FROM %I', :'readonly')
WHERE to_regclass('public.accounts_user') IS NOT NULL \gexec
SELECT format(
    'GRANT SELECT (%s) ON accounts_user TO %I',
    string_agg(quote_ident(attname), ', ' ORDER BY attnum),
    :'readonly')
FROM pg_attribute
WHERE attrelid = to_regclass('public.accounts_user')
  AND attnum > 0 AND NOT attisdropped
  AND attname NOT IN ('password', 'token_version')
HAVING count(*) > 0 \gexec

-- ---------------------------------------------------------------- seen to
-- The audit is there and the app cannot rewrite it, or this whole file is taken back.
SELECT to_regclass('public.audit_entry') IS NULL
    OR NOT has_table_privilege(:'app', 'public.audit_entry', 'UPDATE, DELETE, TRUNCATE') AS kept \gset
\if :kept
    COMMIT;
\else
    ROLLBACK;
    \warn 'The app could rewrite audit_entry: its triggers are missing. Run the migrations first.'
    SELECT 1 / 0;
\endif
