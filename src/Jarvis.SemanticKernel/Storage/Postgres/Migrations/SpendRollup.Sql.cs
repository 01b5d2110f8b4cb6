#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    // What every call adds to the sums, and how the sums are kept.
    //
    // A statement on one of the two tables adds what its own rows say, and looks at nobody else's: call_details its figures, less what the row of ai_calls that it names is
    // expected to say; ai_calls what it says. So no order of commits, no isolation level and no statement on both tables at once can make the sums wrong. Where a row of ai_calls
    // may say something else than expected, its id goes to spend_pending, and whoever reads compares the two rows of these calls. Compaction stores what the row does say in
    // call_details.billed_as and takes the id out again.
    //
    // The ledger's own statement says in jarvis.ledger that its rows of the two tables are pairs which say the same. Then ai_calls needs no look at all, and call_details one: the
    // ordinary append pays for one insert of deltas, and one of a few calls does not even add up.
    internal sealed partial class SpendRollup
    {
        private const string Figures = "calls, failed, unresolved, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd";

        private const string Columns = $"hour, tier, model, provider, cost_source, {Figures}";

        private const string Sums =
            "sum(calls), sum(failed), sum(unresolved), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(reasoning_tokens), sum(cost_usd)";

        private const string AnythingLeft =
            "sum(calls) <> 0 OR sum(failed) <> 0 OR sum(unresolved) <> 0 OR sum(prompt_tokens) <> 0 OR sum(completion_tokens) <> 0 "
            + "OR sum(cached_tokens) <> 0 OR sum(reasoning_tokens) <> 0 OR sum(cost_usd) <> 0";

        private const string Definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

        private const string FiguresTable =
            $"""
             (
              hour timestamptz NOT NULL, tier text NOT NULL, model text NOT NULL, provider text, cost_source text, {FigureColumns})
            """;

        private const string FigureColumns =
            """
            calls bigint NOT NULL, failed bigint NOT NULL, unresolved bigint NOT NULL,
              prompt_tokens bigint NOT NULL, completion_tokens bigint NOT NULL, cached_tokens bigint NOT NULL, reasoning_tokens bigint NOT NULL, cost_usd numeric NOT NULL
            """;

        // The view on ai_calls binds the table here and now, whatever search path a later session has.
        private const string Tables =
            $"""
            CREATE TYPE jarvis.billed_call AS (hour timestamptz, tier text, model text, prompt_tokens integer, completion_tokens integer, cost_usd numeric);
            ALTER TABLE jarvis.call_details ADD COLUMN billed_as jarvis.billed_call;
            CREATE TABLE jarvis.spend_deltas {FiguresTable} WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
            CREATE TABLE jarvis.spend_rollup {FiguresTable};
            CREATE INDEX spend_rollup_hour ON jarvis.spend_rollup (hour);
            CREATE TABLE jarvis.spend_rollup_days {FiguresTable};
            CREATE INDEX spend_rollup_days_hour ON jarvis.spend_rollup_days (hour);
            CREATE TABLE jarvis.spend_rollup_totals (
              hour timestamptz PRIMARY KEY, {FigureColumns});
            CREATE TABLE jarvis.spend_pending (ai_call_id integer NOT NULL);
            CREATE TABLE jarvis.other_calls (ai_call_id integer NOT NULL, created_at timestamp NOT NULL, goal_id integer);
            CREATE INDEX other_calls_created_at ON jarvis.other_calls (created_at, ai_call_id);
            CREATE INDEX other_calls_goal_id ON jarvis.other_calls (goal_id, created_at) WHERE goal_id IS NOT NULL;
            CREATE VIEW jarvis.ai_calls_versions AS
            SELECT id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at, xmin AS added_by, cmin AS added_at FROM ai_calls;

            CREATE FUNCTION jarvis.finite(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN CASE WHEN amount NOT IN ('NaN', 'Infinity', '-Infinity') THEN amount END;

            CREATE FUNCTION jarvis.is_unresolved(cost_source text, http_status integer, generation_id text, status text, error text, cost_usd_exact numeric)
            RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN (cost_source = 'unknown' AND (coalesce(http_status < 400, false) OR generation_id IS NOT NULL
                OR (http_status IS NULL AND status <> 'error' AND error IS DISTINCT FROM 'failure=NeverSent')))
              OR (cost_usd_exact IS NOT NULL AND jarvis.finite(cost_usd_exact) IS NULL);
            """;

        // What this call's row in ai_calls says, if nobody has said otherwise.
        private const string ExpectedHour = "coalesce((d.billed_as).hour, date_trunc('hour', d.started_at, 'UTC'))";
        private const string ExpectedTier = "coalesce((d.billed_as).tier, left(d.tier, 32))";
        private const string ExpectedModel = "coalesce((d.billed_as).model, left(coalesce(d.model, d.requested_model), 128))";
        private const string ExpectedPrompt = "coalesce((d.billed_as).prompt_tokens, d.prompt_tokens, 0)";
        private const string ExpectedCompletion = "coalesce((d.billed_as).completion_tokens, d.completion_tokens, 0)";
        private const string ExpectedCost = "coalesce((d.billed_as).cost_usd, round(jarvis.finite(d.cost_usd_exact), 8), 0)";

        private const string IsAsExpected =
            $"""
            date_trunc('hour', a.created_at) = {ExpectedHour} AT TIME ZONE 'UTC' AND a.tier = {ExpectedTier} AND a.model = {ExpectedModel}
                AND a.prompt_tokens = {ExpectedPrompt} AND a.completion_tokens = {ExpectedCompletion} AND a.cost_usd = {ExpectedCost}
            """;

        // A row of ai_calls fills in what the details do not know.
        private const string FillsIn =
            "((d.prompt_tokens IS NULL AND a.prompt_tokens <> 0) OR (d.completion_tokens IS NULL AND a.completion_tokens <> 0) OR (d.cost_usd_exact IS NULL AND a.cost_usd <> 0))";

        private const string Views =
            $"""
            CREATE OR REPLACE VIEW jarvis.calls AS
            SELECT d.started_at AS at,
                   d.tier,
                   coalesce(d.model, d.requested_model) AS model,
                   coalesce(d.goal_id, a.goal_id) AS goal_id,
                   coalesce(d.prompt_tokens, a.prompt_tokens) AS prompt_tokens,
                   coalesce(d.completion_tokens, a.completion_tokens) AS completion_tokens,
                   a.id, a.model AS ai_calls_model, a.tier AS ai_calls_tier, a.prompt_tokens AS ai_calls_prompt_tokens,
                   a.completion_tokens AS ai_calls_completion_tokens, a.cost_usd, a.goal_id AS ai_calls_goal_id, a.created_at,
                   d.call_id, d.ai_call_id, d.generation_id, d.provider, d.requested_model, d.model AS details_model, d.tier AS details_tier,
                   d.status, d.http_status, d.error, d.cost_usd_exact, d.cost_source, d.prompt_tokens AS details_prompt_tokens,
                   d.completion_tokens AS details_completion_tokens, d.cached_tokens, d.reasoning_tokens, d.latency_ms, d.streamed, d.attempt,
                   d.goal_id AS details_goal_id, d.agent, d.function, d.run_id, d.route, d.started_at
            FROM jarvis.call_details d LEFT JOIN ai_calls a ON a.id = d.ai_call_id
            UNION ALL
            SELECT a.created_at AT TIME ZONE 'UTC', a.tier, a.model, a.goal_id, a.prompt_tokens, a.completion_tokens,
                   a.id, a.model, a.tier, a.prompt_tokens, a.completion_tokens, a.cost_usd, a.goal_id, a.created_at,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL
            FROM ai_calls a WHERE NOT EXISTS (SELECT FROM jarvis.call_details d WHERE d.ai_call_id = a.id);

            -- What is not folded yet: the deltas, and for the pending calls what the two rows say instead of what was expected.
            CREATE VIEW jarvis.spend_open AS
            WITH pending AS (
              SELECT d.* FROM (SELECT DISTINCT ai_call_id FROM jarvis.spend_pending) p JOIN jarvis.call_details d ON d.ai_call_id = p.ai_call_id)
            SELECT {Columns} FROM jarvis.spend_deltas
            UNION ALL
            SELECT {ExpectedHour}, {ExpectedTier}, {ExpectedModel}, NULL, NULL, 1, 0, 0, {ExpectedPrompt}, {ExpectedCompletion}, 0, 0, {ExpectedCost} FROM pending d
            UNION ALL
            SELECT date_trunc('hour', a.created_at) AT TIME ZONE 'UTC', a.tier, a.model, NULL, NULL, -1, 0, -(jarvis.finite(a.cost_usd) IS NULL)::int,
                   -a.prompt_tokens, -a.completion_tokens, 0, 0, -coalesce(jarvis.finite(a.cost_usd), 0)
            FROM pending d JOIN ai_calls a ON a.id = d.ai_call_id
            UNION ALL
            SELECT date_trunc('hour', d.started_at, 'UTC'), d.tier, coalesce(d.model, d.requested_model), d.provider, d.cost_source, 0, 0, 0,
                   CASE WHEN d.prompt_tokens IS NULL THEN a.prompt_tokens ELSE 0 END, CASE WHEN d.completion_tokens IS NULL THEN a.completion_tokens ELSE 0 END, 0, 0,
                   CASE WHEN d.cost_usd_exact IS NULL THEN coalesce(jarvis.finite(a.cost_usd), 0) ELSE 0 END
            FROM pending d JOIN ai_calls a ON a.id = d.ai_call_id AND {FillsIn};

            CREATE VIEW jarvis.spend AS SELECT {Columns} FROM jarvis.spend_rollup UNION ALL SELECT {Columns} FROM jarvis.spend_open;
            """;

        private static readonly string OtherFunctions =
            $"""
            CREATE FUNCTION jarvis.spend_update_begins() RETURNS trigger {Definer} AS $fn$
            BEGIN
              PERFORM set_config('jarvis.paired', 'off', true);
              RETURN NULL;
            END $fn$;

            CREATE FUNCTION jarvis.spend_truncated() RETURNS trigger {Definer} AS $fn$
            BEGIN
              IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE EXCEPTION '% cannot be truncated at isolation level %: the sums in jarvis.spend would miss rows that this transaction does not see',
                  TG_TABLE_NAME, current_setting('transaction_isolation') USING HINT = 'Truncate it in a transaction of isolation level read committed.', ERRCODE = 'object_not_in_prerequisite_state';
              END IF;
              IF TG_ARGV[0] = 'call_details' THEN
                {AddDetails("jarvis.call_details", "-")}
                {AddExpected("jarvis.call_details", "")}
                INSERT INTO jarvis.other_calls SELECT a.id, a.created_at, a.goal_id FROM jarvis.ai_calls_versions a JOIN jarvis.call_details d ON d.ai_call_id = a.id;
              ELSE
                {AddAiCalls("jarvis.ai_calls_versions", "-", "")}
                DELETE FROM jarvis.other_calls;
              END IF;
              RETURN NULL;
            END $fn$;

            -- Rows that are no more, and whose ids may come again.
            CREATE FUNCTION jarvis.spend_ai_calls_gone() RETURNS trigger {Definer} AS $fn$
            BEGIN
              UPDATE jarvis.call_details SET ai_call_id = NULL WHERE ai_call_id IS NOT NULL;
              DELETE FROM jarvis.other_calls;
              RETURN NULL;
            END $fn$;

            CREATE FUNCTION jarvis.rebuild_spend() RETURNS void {Definer} AS $fn$
            BEGIN
              INSERT INTO jarvis.spend_deltas ({Columns})
              SELECT hour, tier, model, provider, cost_source, {Sums} FROM (
                {Details("jarvis.call_details", "")}
                UNION ALL {Expected("jarvis.call_details", "-")}
                UNION ALL {AiCalls("jarvis.ai_calls_versions", "", "")}
                UNION ALL SELECT hour, tier, model, provider, cost_source, -calls, -failed, -unresolved, -prompt_tokens, -completion_tokens, -cached_tokens, -reasoning_tokens, -cost_usd
                FROM (SELECT {Columns} FROM jarvis.spend_deltas UNION ALL SELECT {Columns} FROM jarvis.spend_rollup) kept
              ) shares GROUP BY 1, 2, 3, 4, 5 HAVING {AnythingLeft};
              DELETE FROM jarvis.spend_pending;
              INSERT INTO jarvis.spend_pending
              SELECT d.ai_call_id FROM jarvis.call_details d LEFT JOIN jarvis.ai_calls_versions a ON a.id = d.ai_call_id
              WHERE d.ai_call_id IS NOT NULL AND (({IsAsExpected}) AND NOT {FillsIn}) IS NOT TRUE;
              INSERT INTO jarvis.other_calls
              SELECT a.id, a.created_at, a.goal_id FROM jarvis.ai_calls_versions a LEFT JOIN jarvis.call_details d ON d.ai_call_id = a.id
              WHERE d.call_id IS NULL OR (d.goal_id IS NULL AND a.goal_id IS NOT NULL)
              EXCEPT SELECT ai_call_id, created_at, goal_id FROM jarvis.other_calls;
            END $fn$;
            REVOKE ALL ON FUNCTION jarvis.rebuild_spend() FROM PUBLIC;

            -- Safe to call by anybody at any time: one at a time, others leave at once. Returns whether this one did the work.
            CREATE FUNCTION jarvis.compact_spend() RETURNS boolean {Definer} AS $fn$
            DECLARE
              chunk integer[];
            BEGIN
              IF NOT pg_try_advisory_xact_lock(81820166023540) THEN
                RETURN false;
              END IF;
              chunk := ARRAY(SELECT ai_call_id FROM (SELECT DISTINCT ai_call_id FROM jarvis.spend_pending) p ORDER BY random() LIMIT 10000);
              IF chunk <> ARRAY[]::integer[] THEN
                UPDATE jarvis.call_details SET ai_call_id = NULL, billed_as = NULL WHERE call_id IN (
                  SELECT d.call_id FROM jarvis.call_details d
                  WHERE d.ai_call_id = ANY (chunk) AND NOT EXISTS (SELECT FROM jarvis.ai_calls_versions a WHERE a.id = d.ai_call_id) FOR UPDATE SKIP LOCKED);
                UPDATE jarvis.call_details d
                SET billed_as = ROW(date_trunc('hour', a.created_at) AT TIME ZONE 'UTC', a.tier, a.model, a.prompt_tokens, a.completion_tokens, a.cost_usd)::jarvis.billed_call
                FROM jarvis.ai_calls_versions a
                WHERE a.id = d.ai_call_id AND jarvis.finite(a.cost_usd) IS NOT NULL AND d.call_id IN (
                  SELECT d.call_id FROM jarvis.call_details d JOIN jarvis.ai_calls_versions a ON a.id = d.ai_call_id
                  WHERE d.ai_call_id = ANY (chunk) AND NOT ({IsAsExpected}) AND NOT {FillsIn} FOR UPDATE OF d SKIP LOCKED);
                DELETE FROM jarvis.spend_pending p WHERE p.ai_call_id = ANY (chunk) AND NOT EXISTS (
                  SELECT FROM jarvis.call_details d LEFT JOIN jarvis.ai_calls_versions a ON a.id = d.ai_call_id
                  WHERE d.ai_call_id = p.ai_call_id AND (({IsAsExpected}) AND NOT {FillsIn}) IS NOT TRUE);
              END IF;
              WITH deltas AS (
                DELETE FROM jarvis.spend_deltas RETURNING {Columns}
              ), folded ({Columns}) AS MATERIALIZED (
                SELECT hour, tier, model, provider, cost_source, {Sums} FROM deltas GROUP BY 1, 2, 3, 4, 5
              ), hours AS (
                DELETE FROM jarvis.spend_rollup WHERE hour IN (SELECT hour FROM folded) RETURNING {Columns}
              ), days AS (
                DELETE FROM jarvis.spend_rollup_days WHERE hour IN (SELECT date_trunc('day', hour, 'UTC') FROM folded) RETURNING {Columns}
              ), totals AS (
                DELETE FROM jarvis.spend_rollup_totals WHERE hour IN (SELECT hour FROM folded) RETURNING hour, {Figures}
              ), new_hours AS (
                INSERT INTO jarvis.spend_rollup ({Columns})
                SELECT hour, tier, model, provider, cost_source, {Sums} FROM (SELECT * FROM folded UNION ALL SELECT * FROM hours) shares GROUP BY 1, 2, 3, 4, 5 HAVING {AnythingLeft}
              ), new_totals AS (
                INSERT INTO jarvis.spend_rollup_totals (hour, {Figures})
                SELECT hour, {Sums} FROM (SELECT hour, {Figures} FROM folded UNION ALL SELECT * FROM totals) shares GROUP BY 1 HAVING {AnythingLeft}
              )
              INSERT INTO jarvis.spend_rollup_days ({Columns})
              SELECT date_trunc('day', hour, 'UTC'), tier, model, provider, cost_source, {Sums} FROM (SELECT * FROM folded UNION ALL SELECT * FROM days) shares
              GROUP BY 1, 2, 3, 4, 5 HAVING {AnythingLeft};
              RETURN true;
            END $fn$;
            """;

        // Both tables stand still between the triggers and the first sum. In the order in which a prepared append locks them.
        private const string Begin =
            """
            LOCK TABLE ai_calls, jarvis.call_details IN SHARE ROW EXCLUSIVE MODE;
            CREATE TRIGGER jarvis_spend_insert AFTER INSERT ON jarvis.call_details REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_details_inserted();
            CREATE TRIGGER jarvis_spend_update AFTER UPDATE ON jarvis.call_details REFERENCING OLD TABLE AS removed NEW TABLE AS added
              FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_details_changed();
            CREATE TRIGGER jarvis_spend_delete AFTER DELETE ON jarvis.call_details REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_details_changed();
            CREATE TRIGGER jarvis_spend_update_begins BEFORE UPDATE ON jarvis.call_details FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_update_begins();
            CREATE TRIGGER jarvis_spend_truncate BEFORE TRUNCATE ON jarvis.call_details FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_truncated('call_details');
            CREATE TRIGGER jarvis_spend_insert AFTER INSERT ON ai_calls REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_ai_calls_inserted();
            CREATE TRIGGER jarvis_spend_update AFTER UPDATE ON ai_calls REFERENCING OLD TABLE AS removed NEW TABLE AS added
              FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_ai_calls_changed();
            CREATE TRIGGER jarvis_spend_delete AFTER DELETE ON ai_calls REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_ai_calls_changed();
            CREATE TRIGGER jarvis_spend_update_begins BEFORE UPDATE ON ai_calls FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_update_begins();
            CREATE TRIGGER jarvis_spend_truncate BEFORE TRUNCATE ON ai_calls FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_truncated('ai_calls');
            CREATE TRIGGER jarvis_spend_truncated AFTER TRUNCATE ON ai_calls FOR EACH STATEMENT EXECUTE FUNCTION jarvis.spend_ai_calls_gone();
            DO $do$ BEGIN
            PERFORM jarvis.rebuild_spend();
            PERFORM jarvis.compact_spend();
            END $do$;
            """;

        private static string AddDetails(string rows, string sign) => Add(Details(rows, sign));

        private static string AddExpected(string rows, string sign) => Add(Expected(rows, sign));

        private static string AddAiCalls(string rows, string sign, string where) => Add(AiCalls(rows, sign, where));

        private static string Add(string select) => $"INSERT INTO jarvis.spend_deltas ({Columns})\n{select};";

        private static string Details(string rows, string sign) =>
            $"""
            SELECT pg_catalog.date_trunc('hour', started_at, 'UTC') AS hour, tier, coalesce(model, requested_model) AS model, provider, cost_source,
              {sign}pg_catalog.count(*) AS calls, {sign}pg_catalog.count(*) FILTER (WHERE status OPERATOR(pg_catalog.<>) 'ok') AS failed,
              {sign}pg_catalog.count(*) FILTER (WHERE jarvis.is_unresolved(cost_source, http_status, generation_id, status, error, cost_usd_exact)) AS unresolved,
              {sign}coalesce(pg_catalog.sum(prompt_tokens), 0) AS prompt_tokens, {sign}coalesce(pg_catalog.sum(completion_tokens), 0) AS completion_tokens,
              {sign}coalesce(pg_catalog.sum(cached_tokens), 0) AS cached_tokens, {sign}coalesce(pg_catalog.sum(reasoning_tokens), 0) AS reasoning_tokens,
              {sign}coalesce(pg_catalog.sum(jarvis.finite(cost_usd_exact)), 0) AS cost_usd
            FROM {rows} GROUP BY 1, 2, 3, 4, 5
            """;

        // The same for each row: a delta more is less work than adding up a few.
        private static string EachDetail(string rows) =>
            $"""
            SELECT pg_catalog.date_trunc('hour', started_at, 'UTC'), tier, coalesce(model, requested_model), provider, cost_source, 1, (status OPERATOR(pg_catalog.<>) 'ok')::int,
              jarvis.is_unresolved(cost_source, http_status, generation_id, status, error, cost_usd_exact)::int,
              coalesce(prompt_tokens, 0), coalesce(completion_tokens, 0), coalesce(cached_tokens, 0), coalesce(reasoning_tokens, 0), coalesce(jarvis.finite(cost_usd_exact), 0)
            FROM {rows}
            """;

        private static string Expected(string rows, string sign) =>
            $"""
            SELECT {ExpectedHour} AS hour, {ExpectedTier} AS tier, {ExpectedModel} AS model, NULL::text AS provider, NULL::text AS cost_source, {sign}count(*) AS calls, 0 AS failed, 0 AS unresolved,
              {sign}sum({ExpectedPrompt}) AS prompt_tokens, {sign}sum({ExpectedCompletion}) AS completion_tokens, 0 AS cached_tokens, 0 AS reasoning_tokens, {sign}sum({ExpectedCost}) AS cost_usd
            FROM {rows} d WHERE ai_call_id IS NOT NULL GROUP BY 1, 2, 3
            """;

        private static string AiCalls(string rows, string sign, string where) =>
            $"""
            SELECT date_trunc('hour', created_at) AT TIME ZONE 'UTC' AS hour, tier, model, NULL::text AS provider, NULL::text AS cost_source, {sign}count(*) AS calls, 0 AS failed,
              {sign}count(*) FILTER (WHERE jarvis.finite(cost_usd) IS NULL) AS unresolved, {sign}sum(prompt_tokens) AS prompt_tokens, {sign}sum(completion_tokens) AS completion_tokens,
              0 AS cached_tokens, 0 AS reasoning_tokens, {sign}coalesce(sum(jarvis.finite(cost_usd)), 0) AS cost_usd
            FROM {rows} {where} GROUP BY 1, 2, 3
            """;
    }
}
