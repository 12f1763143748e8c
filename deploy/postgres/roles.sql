-- The database and its four roles. Run by a superuser of the server, as often as you like:
--
--   ERP_OWNER_PASSWORD=... ERP_APP_PASSWORD=... ERP_READONLY_PASSWORD=... ERP_BACKUP_PASSWORD=... \
--       psql -X -d postgres -f roles.sql
--
-- `-v prefix=erp` names the roles (erp_owner, erp_app, ...), `-v database=erp` the database.
-- A password is changed when its variable is there, and stays as it is when it is not. Passwords
-- come by the environment, never by the command line, where everybody on the machine reads them.
--
--   owner     makes and changes tables, restores into new databases: migrations and backups only
--   app       reads and writes rows: web, worker, commands; changes no table, no history
--   readonly  reads what is no secret: reports, analysts
--   backup    reads everything, changes nothing: pg_dump
--
-- After every migration `grants.sql` runs as the owner.

\set ON_ERROR_STOP on
\if :{?prefix}
\else
    \set prefix erp
\endif
\if :{?database}
\else
    \set database erp
\endif
\set owner :prefix _owner
\set app :prefix _app
\set readonly :prefix _readonly
\set backup :prefix _backup
\getenv owner_password ERP_OWNER_PASSWORD
\getenv app_password ERP_APP_PASSWORD
\getenv readonly_password ERP_READONLY_PASSWORD
\getenv backup_password ERP_BACKUP_PASSWORD

-- Neither the log nor the statistics of statements may keep a password.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off;
SET password_encryption = 'scram-sha-256';

-- ---------------------------------------------------------------- roles
SELECT format('CREATE ROLE %I', wanted.name)
FROM (VALUES (:'owner'), (:'app'), (:'readonly'), (:'backup')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) \gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"readonly" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"backup" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

\if :{?owner_password}
    ALTER ROLE :"owner" PASSWORD :'owner_password';
\endif
\if :{?app_password}
    ALTER ROLE :"app" PASSWORD :'app_password';
\endif
\if :{?readonly_password}
    ALTER ROLE :"readonly" PASSWORD :'readonly_password';
\endif
\if :{?backup_password}
    ALTER ROLE :"backup" PASSWORD :'backup_password';
\endif

-- ---------------------------------------------------------------- database
SELECT format(
    'CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

\connect :"database"
ALTER DATABASE :"database" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app", :"readonly", :"backup";
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app", :"readonly", :"backup";

-- Searches in the middle of words. It comes with the server (Debian: postgresql-NN; Red Hat:
-- postgresql-contrib). The owner may add it as well, where the server's policy leaves it that right.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- In a database of the plain C locale letters other than a to z count for nothing: Chinese words
-- would be found by reading every row.
SELECT pg_catalog.cardinality(show_trgm('圆珠笔')) = 0 AS ascii_only \gset
\if :ascii_only
    \warn 'The database has LC_CTYPE C: Chinese is searched without an index. Better: C.UTF-8.'
\endif

-- ---------------------------------------------------------------- what each session begins with
-- UTC on the server side: the application need not say it, so a pool of transactions may be between.
ALTER ROLE :"owner" IN DATABASE :"database" SET timezone = 'UTC';
ALTER ROLE :"app" IN DATABASE :"database" SET timezone = 'UTC';
-- A statement that runs a minute helps nobody any more; a lock or an open transaction neither.
ALTER ROLE :"app" IN DATABASE :"database" SET statement_timeout = '60s';
ALTER ROLE :"app" IN DATABASE :"database" SET lock_timeout = '15s';
ALTER ROLE :"app" IN DATABASE :"database" SET idle_in_transaction_session_timeout = '60s';
-- A migration that waits for a lock makes everybody behind it wait: rather give up and come again.
ALTER ROLE :"owner" IN DATABASE :"database" SET lock_timeout = '10s';
ALTER ROLE :"readonly" IN DATABASE :"database" SET default_transaction_read_only = on;
ALTER ROLE :"readonly" IN DATABASE :"database" SET statement_timeout = '5min';
ALTER ROLE :"backup" IN DATABASE :"database" SET default_transaction_read_only = on;

-- ---------------------------------------------------------------- what future tables give
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT ON TABLES TO :"readonly";
GRANT pg_read_all_data TO :"backup";
