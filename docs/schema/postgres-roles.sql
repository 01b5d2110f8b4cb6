-- Two roles for Jarvis.SemanticKernel, for logins to be members of. Safe to run twice.
--   jarvis_agent     for programs that call models: ledger, heartbeat, reading; may activate the kill switch and not release it
--   jarvis_operator  for people and their programs: may look, activate and release, keep the books and correct what calls cost
-- Run it as the owner of the tables with the right to create roles, after docs/schema/postgres.sql. Then:
--   GRANT jarvis_agent TO login_of_an_agent;
--   GRANT jarvis_operator TO login_of_an_operator;
-- A login that is a member of both is an operator. Superusers and the owner of the tables are held back by nothing here: no agent may log in as one of them, nor
-- have rights on these tables from elsewhere. Agents with these rights run with AutoMigrate off. Run it again after 'jarvis db migrate' has added tables, and when the
-- TypeScript program has made its table of strategies.
BEGIN;

DO $do$
DECLARE
  role text;
BEGIN
  IF to_regclass('agent_state') IS NULL OR to_regclass('jarvis.kill_switch_version') IS NULL THEN
    RAISE EXCEPTION 'The tables are missing here: apply docs/schema/postgres.sql first, or run ''jarvis db migrate''.';
  END IF;
  FOREACH role IN ARRAY ARRAY['jarvis_agent', 'jarvis_operator'] LOOP
    IF to_regrole(role) IS NULL THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- Roles belong to all databases of the server: another one was faster.
      END;
    END IF;
  END LOOP;
  EXECUTE (
    SELECT format('GRANT USAGE ON SCHEMA jarvis, %I TO jarvis_agent, jarvis_operator', n.nspname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass('agent_state'));
END $do$;

-- Not the ids: whoever chooses them chooses the order of the audit. Not the key: a renamed row is a lost one.
GRANT SELECT, INSERT (key, value, updated_at), UPDATE (value, updated_at) ON agent_state TO jarvis_agent, jarvis_operator;
GRANT SELECT, INSERT (action, reason, triggered_by, created_at) ON kill_switch_audit TO jarvis_agent, jarvis_operator;
GRANT SELECT ON ai_calls, operating_costs, revenue TO jarvis_agent, jarvis_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA jarvis TO jarvis_agent, jarvis_operator;
GRANT INSERT ON jarvis.kill_switch_changes TO jarvis_agent, jarvis_operator;
GRANT INSERT, UPDATE, DELETE ON jarvis.processes TO jarvis_agent;

-- An operator puts back records that were refused, and rows of calls whose cost was unknown.
GRANT INSERT ON ai_calls, jarvis.call_details TO jarvis_agent, jarvis_operator;

-- Who earns and pays is for people to say. Tables that an older version lacks are granted when this is run again.
GRANT INSERT ON operating_costs, revenue TO jarvis_operator;
DO $do$
BEGIN
  IF to_regclass('jarvis.bookings') IS NOT NULL THEN
    GRANT INSERT, DELETE ON jarvis.bookings TO jarvis_operator;
    GRANT INSERT, UPDATE ON jarvis.strategy_goals TO jarvis_operator;
    GRANT INSERT ON jarvis.balances TO jarvis_agent, jarvis_operator;
  END IF;
  IF to_regclass('jarvis.corrections') IS NOT NULL THEN
    GRANT INSERT ON jarvis.corrections TO jarvis_agent, jarvis_operator;
    GRANT UPDATE (ai_call_id, cost_source, cost_usd_exact, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, model, provider) ON jarvis.call_details TO jarvis_agent, jarvis_operator;
    GRANT UPDATE (model, prompt_tokens, completion_tokens, cost_usd) ON ai_calls TO jarvis_operator;
  END IF;
  IF (SELECT count(*) = 2 FROM pg_attribute WHERE attrelid = to_regclass('strategies') AND attname IN ('id', 'goal_id') AND NOT attisdropped) THEN
    GRANT SELECT (id, goal_id) ON strategies TO jarvis_agent, jarvis_operator;
  END IF;
END $do$;

-- The ledger draws the ids of ai_calls itself. Elsewhere only a serial column asks for the right to its sequence, an identity does not.
DO $do$
BEGIN
  EXECUTE (
    SELECT string_agg(format('GRANT USAGE ON SEQUENCE %s TO jarvis_agent, jarvis_operator', pg_get_serial_sequence(t.name, 'id')), ';')
    FROM unnest(ARRAY['ai_calls', 'agent_state', 'kill_switch_audit', 'operating_costs', 'revenue']) AS t (name)
    JOIN pg_attribute a ON a.attrelid = t.name::regclass AND a.attname = 'id'
    WHERE t.name = 'ai_calls' OR a.attidentity = '');
END $do$;

CREATE OR REPLACE FUNCTION jarvis.agent_may_only_activate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  held name;
BEGIN
  IF TG_OP = 'TRUNCATE' OR starts_with(OLD.key, 'kill_switch') OR starts_with(NEW.key, 'kill_switch') THEN
    held := (SELECT r.rolname FROM pg_roles r
    WHERE r.rolname IN (session_user, current_user) AND NOT r.rolsuper
      AND pg_has_role(r.oid, to_regrole('jarvis_agent'), 'MEMBER') AND pg_has_role(r.oid, to_regrole('jarvis_operator'), 'MEMBER') IS NOT TRUE LIMIT 1);
  END IF;
  IF held IS NOT NULL THEN
    IF TG_OP IN ('DELETE', 'TRUNCATE')
      OR (TG_OP = 'UPDATE' AND (NEW.key IS DISTINCT FROM OLD.key OR NEW.id IS DISTINCT FROM OLD.id))
      OR NEW.value -> 'active' IS DISTINCT FROM 'true'::jsonb
    THEN
      RAISE EXCEPTION 'role % may activate the kill switch, not release it: % of % refused', held, TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Log in as a member of jarvis_operator.';
    END IF;
    IF OLD.value -> 'active' = 'true'::jsonb AND OLD.value -> 'inFlight' = '"cancel"'::jsonb THEN
      NEW.value := NEW.value || '{"inFlight":"cancel"}'::jsonb; -- Whoever activates once more does not spare what was to be cut.
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $fn$;

CREATE OR REPLACE FUNCTION jarvis.agent_may_only_audit_activations() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  held name := (SELECT r.rolname FROM pg_roles r
    WHERE r.rolname IN (session_user, current_user) AND NOT r.rolsuper
      AND pg_has_role(r.oid, to_regrole('jarvis_agent'), 'MEMBER') AND pg_has_role(r.oid, to_regrole('jarvis_operator'), 'MEMBER') IS NOT TRUE LIMIT 1);
BEGIN
  IF held IS NOT NULL AND (TG_OP <> 'INSERT' OR NEW.action IS DISTINCT FROM 'activate') THEN
    RAISE EXCEPTION 'role % may add activations to the audit of the kill switch, nothing else: % of % refused', held, TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Log in as a member of jarvis_operator.';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $fn$;

-- Says of an audit row which switch it is about. Of one's own, that is, of the same transaction: else an agent could take an operator's row for another switch.
DO $do$
BEGIN
  EXECUTE (
    SELECT format($create$
CREATE OR REPLACE FUNCTION jarvis.agent_may_only_name_its_own() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  held name := (SELECT r.rolname FROM pg_roles r
    WHERE r.rolname IN (session_user, current_user) AND NOT r.rolsuper
      AND pg_has_role(r.oid, to_regrole('jarvis_agent'), 'MEMBER') AND pg_has_role(r.oid, to_regrole('jarvis_operator'), 'MEMBER') IS NOT TRUE LIMIT 1);
BEGIN
  IF held IS NOT NULL AND NOT EXISTS (SELECT FROM %s a WHERE a.id = NEW.audit_id AND a.xmin = pg_current_xact_id()::xid) THEN
    RAISE EXCEPTION 'role %% may name the switch of its own audit rows only: %% of %% refused', held, TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Log in as a member of jarvis_operator.';
  END IF;
  RETURN NULL;
END $fn$ $create$, format('%I.%I', n.nspname, c.relname))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass('kill_switch_audit'));
END $do$;

-- An agent finds out what nobody knew, and says in jarvis.corrections what it found; what is known stays, and so does the link to ai_calls. compact_spend, which every
-- process may call, mends links as its owner. Looks afterwards, when both rows are there.
CREATE OR REPLACE FUNCTION jarvis.agent_may_only_settle() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
  held name := (SELECT r.rolname FROM pg_roles r
    WHERE r.rolname IN (session_user, current_user) AND NOT r.rolsuper
      AND pg_has_role(r.oid, to_regrole('jarvis_agent'), 'MEMBER') AND pg_has_role(r.oid, to_regrole('jarvis_operator'), 'MEMBER') IS NOT TRUE LIMIT 1);
  links text[] := ARRAY['ai_call_id', 'billed_as'];
  settled text[] := string_to_array('ai_call_id, cost_source, cost_usd_exact, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, model, provider', ', ');
BEGIN
  IF held IS NULL
    OR (OLD.cost_source = 'unknown' AND OLD.ai_call_id IS NULL AND NEW.cost_source IN ('reconciled', 'computed') AND NEW.cost_usd_exact >= 0
      AND to_jsonb(NEW) - settled = to_jsonb(OLD) - settled
      AND EXISTS (SELECT FROM jarvis.corrections c WHERE c.call_id = NEW.call_id AND c.cost_source_after = NEW.cost_source AND c.xmin = pg_current_xact_id()::xid))
    OR (to_jsonb(NEW) - links = to_jsonb(OLD) - links
      AND current_user = (SELECT pg_get_userbyid(p.proowner) FROM pg_proc p WHERE p.oid = to_regprocedure('jarvis.compact_spend()')))
  THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'role % may settle calls of unknown cost, nothing else: % of % refused', held, TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'Log in as a member of jarvis_operator.';
END $fn$;

-- Trigger functions are called by triggers, not by people; with this right a table of one's own could call them.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA jarvis FROM PUBLIC;

-- What reports compute with, and what folds the sums that they read. A schema of an older version has neither.
DO $do$
DECLARE
  called regprocedure;
BEGIN
  FOR called IN SELECT oid FROM pg_proc WHERE pronamespace = 'jarvis'::regnamespace AND proname IN ('finite', 'is_unresolved', 'compact_spend') LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO jarvis_agent, jarvis_operator', called);
  END LOOP;
END $do$;

DROP TRIGGER IF EXISTS jarvis_agent_may_only_activate ON agent_state;
CREATE TRIGGER jarvis_agent_may_only_activate BEFORE INSERT OR UPDATE OR DELETE ON agent_state
  FOR EACH ROW EXECUTE FUNCTION jarvis.agent_may_only_activate();
DROP TRIGGER IF EXISTS jarvis_agent_may_not_truncate ON agent_state;
CREATE TRIGGER jarvis_agent_may_not_truncate BEFORE TRUNCATE ON agent_state
  FOR EACH STATEMENT EXECUTE FUNCTION jarvis.agent_may_only_activate();
ALTER TABLE agent_state ENABLE ALWAYS TRIGGER jarvis_agent_may_only_activate, ENABLE ALWAYS TRIGGER jarvis_agent_may_not_truncate;

DROP TRIGGER IF EXISTS jarvis_agent_may_only_audit_activations ON kill_switch_audit;
CREATE TRIGGER jarvis_agent_may_only_audit_activations BEFORE INSERT OR UPDATE OR DELETE ON kill_switch_audit
  FOR EACH ROW EXECUTE FUNCTION jarvis.agent_may_only_audit_activations();
DROP TRIGGER IF EXISTS jarvis_agent_may_not_truncate ON kill_switch_audit;
CREATE TRIGGER jarvis_agent_may_not_truncate BEFORE TRUNCATE ON kill_switch_audit
  FOR EACH STATEMENT EXECUTE FUNCTION jarvis.agent_may_only_audit_activations();
ALTER TABLE kill_switch_audit ENABLE ALWAYS TRIGGER jarvis_agent_may_only_audit_activations, ENABLE ALWAYS TRIGGER jarvis_agent_may_not_truncate;

DROP TRIGGER IF EXISTS jarvis_agent_may_only_name_its_own ON jarvis.kill_switch_changes;
CREATE TRIGGER jarvis_agent_may_only_name_its_own AFTER INSERT ON jarvis.kill_switch_changes
  FOR EACH ROW EXECUTE FUNCTION jarvis.agent_may_only_name_its_own();
ALTER TABLE jarvis.kill_switch_changes ENABLE ALWAYS TRIGGER jarvis_agent_may_only_name_its_own;

DROP TRIGGER IF EXISTS jarvis_agent_may_only_settle ON jarvis.call_details;
CREATE TRIGGER jarvis_agent_may_only_settle AFTER UPDATE ON jarvis.call_details
  FOR EACH ROW EXECUTE FUNCTION jarvis.agent_may_only_settle();
ALTER TABLE jarvis.call_details ENABLE ALWAYS TRIGGER jarvis_agent_may_only_settle;

COMMIT;
