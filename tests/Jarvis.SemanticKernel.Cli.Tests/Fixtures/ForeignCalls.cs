using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Cli.Tests.Fixtures;

/// <summary>Calls as another program records them, with costs in units of 1e-8 USD.</summary>
internal static class ForeignCalls
{
    public static async Task AddAsync(string databaseFile, params IEnumerable<(string At, string Tier, string Model, long Units, int? Goal)> calls)
    {
        await using SqliteConnection connection = new($"Data Source={databaseFile};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using SqliteTransaction transaction = (SqliteTransaction)await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        foreach ((string at, string tier, string model, long units, int? goal) in calls)
        {
            await using SqliteCommand command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) VALUES ($model, $tier, 3, 4, $units, $goal, $at)";
            command.Parameters.AddWithValue("$model", model);
            command.Parameters.AddWithValue("$tier", tier);
            command.Parameters.AddWithValue("$units", units);
            command.Parameters.AddWithValue("$goal", goal.HasValue ? goal.Value : DBNull.Value);
            command.Parameters.AddWithValue("$at", at);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }
}
