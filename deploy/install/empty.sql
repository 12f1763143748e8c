-- Take back the tables of an installation nobody has used yet; rights for tables to come stay.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', made.tablename);
    END LOOP;
    FOR made IN
        SELECT pg_proc.oid::regprocedure AS name
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
          AND pg_get_userbyid(proowner) = current_user
    LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', made.name);
    END LOOP;
END
$$;
COMMIT;
