using System.Globalization;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Every recorded shape of OpenRouter's answers, over real HTTP, through a real tier, into a real file.</summary>
public class SampleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Chats => Sample.Chats;

    [Fact]
    public void Samples_Manifest_NamesEveryChatSample() => Assert.Equal(24, Sample.Names.Count());

    [Theory]
    [MemberData(nameof(Chats))]
    public async Task Sample_OverHttp_GivesItsResultAndOneRecord(string name)
    {
        var sample = Sample.Load(name);
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.Enqueue(sample.Reply);

        (ExpectedReply reply, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), sample.IsStream, Ct);

        AiCallRecord record = Assert.Single(ledger.Records);
        Assert.Equal(ExpectedReplies.Of(name), reply);
        Assert.Equal(ExpectedCalls.Of(name), ExpectedCall.Of(record));
        Assert.Equal(("mid", "anthropic/claude-sonnet-4.5", sample.IsStream, 1), (record.Tier, record.RequestedModel, record.IsStreamed, record.Attempt));
        Assert.Equal(ExpectedCalls.Now, record.StartedAt);
        Assert.Equal(record.CostUsd is null ? CostSource.Unknown : CostSource.Reported, record.CostSource);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.Equal(failure?.CallId ?? record.CallId, record.CallId);
        Assert.Equal(failure is null, record.Status == AiCallStatus.Ok);
        Assert.Contains(reply.Message ?? "", failure?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_InOneFile_AreStoredExactly()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("jarvis-samples-");
        string file = Path.Combine(folder.FullName, "jarvis.db");
        await using (JarvisHarness jarvis = await StartAsync(database: file))
        {
            foreach (string name in Sample.Names)
            {
                var sample = Sample.Load(name);
                jarvis.Upstream.Enqueue(sample.Reply);
                await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), sample.IsStream, Ct);
            }
        }

        List<(ExpectedCall Call, bool IsBilled, decimal? BilledUsd)> stored = await ReadAsync(file);
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);

        Assert.Equal(Sample.Names.Select(ExpectedCalls.Of), stored.Select(row => row.Call));
        Assert.All(stored, row => Assert.Equal((row.Call.CostUsd is not null, row.Call.CostUsd), (row.IsBilled, row.BilledUsd)));
    }

    private static Task<JarvisHarness> StartAsync(Action<IServiceCollection>? register = null, string? database = null) => JarvisHarness.StartAsync(
        database,
        options => options.Resilience.MaxRetries = 0,
        services =>
        {
            services.AddSingleton<TimeProvider>(new FakeTimeProvider(ExpectedCalls.Now));
            register?.Invoke(services);
        });

    private static async Task<List<(ExpectedCall Call, bool IsBilled, decimal? BilledUsd)>> ReadAsync(string file)
    {
        var rows = new List<(ExpectedCall, bool, decimal?)>();
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync(Ct);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT d.status, d.http_status, d.generation_id, d.provider, d.model, d.prompt_tokens, d.completion_tokens, d.cached_tokens, d.reasoning_tokens,
                   d.cost_usd_exact, d.error, a.id, a.cost_usd
            FROM jarvis_call_details d LEFT JOIN ai_calls a ON a.id = d.ai_call_id
            ORDER BY d.rowid
            """;
        await using SqliteDataReader row = await command.ExecuteReaderAsync(Ct);
        while (await row.ReadAsync(Ct))
        {
            var call = new ExpectedCall(
                Enum.Parse<AiCallStatus>(row.GetString(0), ignoreCase: true),
                Number(row, 1),
                Text(row, 2),
                Text(row, 3),
                Text(row, 4),
                Number(row, 5),
                Number(row, 6),
                Number(row, 7),
                Number(row, 8),
                Money(row, 9, 1_000_000_000_000m),
                Text(row, 10));
            rows.Add((call, !row.IsDBNull(11), Money(row, 12, 100_000_000m)));
        }

        return rows;
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static int? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Convert.ToInt32(row.GetValue(column), CultureInfo.InvariantCulture);

    private static decimal? Money(SqliteDataReader row, int column, decimal unitsPerUsd) => row.IsDBNull(column) ? null : row.GetInt64(column) / unitsPerUsd;
}
