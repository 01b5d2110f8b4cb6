#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    // What the triggers add to the sums for INSERT, UPDATE and DELETE.
    internal sealed partial class SpendRollup
    {
        // Plans are kept, and the first one may be made while the tables are empty. By index it is right for any size.
        private const string TriggerFunction = $"RETURNS trigger {Definer} SET enable_seqscan = off";

        // What an append by the ledger runs has no SET clause, which each call of the function would pay for. Up to where the others set the path, every name is written in full.
        private const string AppendFunction = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER";

        private const string SaidOfTheLedger = "CASE WHEN pg_catalog.pg_trigger_depth() OPERATOR(pg_catalog.=) 1 THEN pg_catalog.current_setting('jarvis.ledger', true) END";

        private const string Enter =
            """
            path := pg_catalog.current_setting('search_path');
              seqscan := pg_catalog.current_setting('enable_seqscan');
              PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('enable_seqscan', 'off', true);
            """;

        private const string Leave = "PERFORM set_config('search_path', path, true), set_config('enable_seqscan', seqscan, true);";

        private static readonly string DetailsFunctions =
            $"""
            CREATE FUNCTION jarvis.spend_details_inserted() {AppendFunction} AS $fn$
            DECLARE
              said pg_catalog.text := {SaidOfTheLedger};
              path pg_catalog.text;
              seqscan pg_catalog.text;
              links bigint;
              paired bigint;
              ids numeric;
            BEGIN
              -- Asked here and not in a WHEN, which the server parses and plans again for every statement.
              IF said OPERATOR(pg_catalog.=) 'few' THEN
                {Add(EachDetail("added"))}
                RETURN NULL;
              END IF;
              {AddDetails("added", "")}
              IF said OPERATOR(pg_catalog.<>) '' THEN
                RETURN NULL;
              END IF;
              {Enter}

              -- The ordinary case: every row of ai_calls that is named was inserted by this very statement and says what is expected of it. Then neither it nor the expectation is
              -- added, and the trigger of ai_calls, which comes next, is told to leave these rows out. Rows of this statement are told by its transaction and its command; an
              -- UPDATE would leave the same traces, so after one nothing is left out any more.
              SELECT count(d.ai_call_id), count(a.id), sum(a.id) INTO links, paired, ids
              FROM added d LEFT JOIN (
                SELECT * FROM jarvis.ai_calls_versions
                WHERE id = ANY (ARRAY(SELECT ai_call_id FROM added)) AND added_by = pg_current_xact_id()::xid
                  AND added_at = (SELECT one.cmin FROM jarvis.call_details one WHERE one.call_id = (SELECT call_id FROM added LIMIT 1))) a
              ON a.id = d.ai_call_id AND a.goal_id IS NOT DISTINCT FROM d.goal_id AND d.billed_as IS NULL AND d.cost_usd_exact IS NOT NULL AND jarvis.finite(d.cost_usd_exact) IS NOT NULL
              AND {IsAsExpected};
              IF links > 0 AND links = paired AND coalesce(current_setting('jarvis.paired', true), '') = '' THEN
                PERFORM set_config('jarvis.paired', links || ' ' || ids, true);
              ELSIF links > 0 THEN
                INSERT INTO jarvis.spend_pending SELECT ai_call_id FROM added WHERE ai_call_id IS NOT NULL;
                {AddExpected("added", "-")}
              END IF;
              {Leave}
              RETURN NULL;
            END $fn$;

            CREATE FUNCTION jarvis.spend_details_changed() {TriggerFunction} AS $fn$
            BEGIN
              IF TG_OP = 'UPDATE' THEN
                {AddDetails("added", "")}
                {AddExpected("added", "-")}
                INSERT INTO jarvis.spend_pending
                SELECT n.ai_call_id FROM added n WHERE n.ai_call_id IS NOT NULL AND NOT EXISTS (
                  SELECT FROM removed o WHERE o.call_id = n.call_id AND o.ai_call_id = n.ai_call_id AND o.started_at = n.started_at AND o.tier = n.tier
                    AND o.model IS NOT DISTINCT FROM n.model AND o.requested_model = n.requested_model AND o.prompt_tokens IS NOT DISTINCT FROM n.prompt_tokens
                    AND o.completion_tokens IS NOT DISTINCT FROM n.completion_tokens AND o.cost_usd_exact IS NOT DISTINCT FROM n.cost_usd_exact
                    AND o.billed_as IS NOT DISTINCT FROM n.billed_as);

                -- Rows of ai_calls that stand for themselves again, or whose goal counts again.
                INSERT INTO jarvis.other_calls
                SELECT a.id, a.created_at, a.goal_id FROM jarvis.ai_calls_versions a
                WHERE a.id = ANY (ARRAY(SELECT ai_call_id FROM removed)) AND NOT EXISTS (
                  SELECT FROM removed o JOIN added n ON n.call_id = o.call_id AND n.ai_call_id = o.ai_call_id AND n.goal_id IS NOT DISTINCT FROM o.goal_id WHERE o.ai_call_id = a.id);
              ELSE
                INSERT INTO jarvis.other_calls
                SELECT a.id, a.created_at, a.goal_id FROM jarvis.ai_calls_versions a WHERE a.id = ANY (ARRAY(SELECT ai_call_id FROM removed));
              END IF;
              {AddDetails("removed", "-")}
              {AddExpected("removed", "")}
              RETURN NULL;
            END $fn$;
            """;

        private static readonly string AiCallsFunctions =
            $"""
            CREATE FUNCTION jarvis.spend_ai_calls_inserted() {AppendFunction} AS $fn$
            DECLARE
              said pg_catalog.text := {SaidOfTheLedger};
              path pg_catalog.text;
              seqscan pg_catalog.text;
              inserted bigint;
              ids numeric;
              paired pg_catalog.text;
              alone integer[];
            BEGIN
              -- The trigger of call_details, which came before, has counted what the rows say. What this was said of ends here.
              IF said OPERATOR(pg_catalog.<>) '' THEN
                said := pg_catalog.set_config('jarvis.ledger', '', true);
                RETURN NULL;
              END IF;
              {Enter}
              paired := coalesce(current_setting('jarvis.paired', true), '');
              SELECT count(*), sum(id) INTO inserted, ids FROM added;
              IF paired = inserted || ' ' || ids THEN
                PERFORM set_config('jarvis.paired', '', true);
              ELSIF inserted > 0 THEN
                IF paired IN ('', 'off') THEN
                  alone := ARRAY(SELECT id FROM added);
                ELSE
                  -- Some of the rows are paired, as the trigger of call_details has found; or this is the statement of somebody's trigger in the middle of ours.
                  alone := ARRAY(SELECT n.id FROM added n WHERE NOT EXISTS (
                    SELECT FROM jarvis.call_details d JOIN jarvis.ai_calls_versions a ON a.id = d.ai_call_id AND a.added_at = d.cmin
                    WHERE d.ai_call_id = n.id AND d.xmin = pg_current_xact_id()::xid));
                END IF;
                IF paired = '' OR cardinality(alone) < inserted THEN
                  PERFORM set_config('jarvis.paired', 'off', true);
                END IF;
                {AddAiCalls("added", "", "WHERE id = ANY (alone)")}
                INSERT INTO jarvis.other_calls SELECT id, created_at, goal_id FROM added WHERE id = ANY (alone);
              END IF;
              {Leave}
              RETURN NULL;
            END $fn$;

            CREATE FUNCTION jarvis.spend_ai_calls_changed() {TriggerFunction} AS $fn$
            DECLARE
              changed integer[];
            BEGIN
              IF TG_OP = 'UPDATE' THEN
                {AddAiCalls("added", "", "")}
                INSERT INTO jarvis.other_calls SELECT id, created_at, goal_id FROM added EXCEPT SELECT id, created_at, goal_id FROM removed;
                changed := ARRAY(
                  SELECT id FROM (SELECT {AiCallFigures} FROM added EXCEPT SELECT {AiCallFigures} FROM removed) n
                  UNION SELECT id FROM (SELECT {AiCallFigures} FROM removed EXCEPT SELECT {AiCallFigures} FROM added) o);
              ELSE
                DELETE FROM jarvis.other_calls c USING removed o WHERE c.created_at = o.created_at AND c.ai_call_id = o.id;
                changed := ARRAY(SELECT id FROM removed);
              END IF;
              {AddAiCalls("removed", "-", "")}

              -- Of no interest where no details name the row. Who names it at this moment, in another transaction, says so there; a snapshot of the past does not show who does.
              INSERT INTO jarvis.spend_pending
              SELECT id FROM unnest(changed) AS c (id)
              WHERE current_setting('transaction_isolation') <> 'read committed'
                OR id IN (SELECT d.ai_call_id FROM jarvis.call_details d WHERE d.ai_call_id = ANY (changed));
              RETURN NULL;
            END $fn$;
            """;

        private const string AiCallFigures = "id, created_at, tier, model, prompt_tokens, completion_tokens, cost_usd";
    }
}
