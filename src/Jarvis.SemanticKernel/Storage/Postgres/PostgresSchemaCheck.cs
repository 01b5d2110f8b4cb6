using Jarvis.SemanticKernel.Storage.Schema;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Looks whether tables that have our shared tables' names are these tables. Reads the catalogue only.</summary>
internal sealed class PostgresSchemaCheck(PostgresConnections connections)
{
    private const string Columns =
        """
        SELECT t.name, a.attname::text, CASE WHEN c.relkind IN ('r', 'p') THEN format_type(a.atttypid, a.atttypmod) ELSE 'no table' END,
               NOT a.attnotnull, NOT a.attnotnull OR a.atthasdef OR a.attidentity <> ''
        FROM unnest($1::text[]) AS t (name)
        JOIN pg_class c ON c.oid = to_regclass(t.name)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        """;

    // What our statements need besides the columns: ON CONFLICT (key), a sequence to draw ids of ai_calls from, and the enumeration's words.
    private const string Rest =
        """
        SELECT 'agent_state', 'key', 'unique', 'not unique'
        WHERE to_regclass('agent_state') IS NOT NULL AND NOT EXISTS (
          SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
          WHERE i.indrelid = to_regclass('agent_state') AND a.attname = 'key' AND i.indnkeyatts = 1 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL)
        UNION ALL
        SELECT 'ai_calls', 'id', 'serial or identity', 'no sequence that belongs to the column'
        WHERE to_regclass('ai_calls') IS NOT NULL AND NOT EXISTS (
          SELECT FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
          WHERE d.refobjid = to_regclass('ai_calls') AND a.attname = 'id' AND d.deptype IN ('a', 'i'))
        UNION ALL
        SELECT 'operating_costs', 'category', format('cost_category with the word %s', word), 'a type without it'
        FROM unnest(ARRAY['ai_inference', 'vm', 'api_service', 'other']) AS words (word)
        WHERE to_regtype('cost_category') IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_enum e WHERE e.enumtypid = to_regtype('cost_category') AND e.enumlabel = word)
        """;

    public async Task ThrowIfForeignAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SchemaDifference> differences = SchemaDifference.Between(DatabaseKind.Postgres, await ReadColumnsAsync(cancellationToken).ConfigureAwait(false));
        if (differences.Count == 0)
        {
            differences = await ReadRestAsync(cancellationToken).ConfigureAwait(false);
        }

        if (differences.Count > 0)
        {
            throw SchemaDifference.Refusal(connections.Description, differences);
        }
    }

    private async Task<List<FoundColumn>> ReadColumnsAsync(CancellationToken cancellationToken)
    {
        List<FoundColumn> found = [];
        NpgsqlCommand command = connections.Main.CreateCommand(Columns);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. SharedColumn.Tables] });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4)));
                }
            }
        }

        return found;
    }

    private async Task<List<SchemaDifference>> ReadRestAsync(CancellationToken cancellationToken)
    {
        List<SchemaDifference> differences = [];
        NpgsqlCommand command = connections.Main.CreateCommand(Rest);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    differences.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
                }
            }
        }

        return differences;
    }
}
