using System.Reflection;
using Jarvis.SemanticKernel.Ledger.Journal;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>Journal files as bytes.</summary>
internal static class JournalBytes
{
    /// <summary>A record in which no member has its default, so that one that is lost shows.</summary>
    public static AiCallRecord FullRecord { get; } = new()
    {
        CallId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057"),
        StartedAt = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567),
        Latency = TimeSpan.FromTicks(1234567),
        Tier = "mid",
        RequestedModel = "vendor/asked \"quoted\"\nsecond line",
        Model = "vendor/answered é 漢 😀",
        Provider = "Provider",
        GenerationId = "gen-1",
        Status = AiCallStatus.Cancelled,
        HttpStatus = 200,
        Error = "code=502; error_type=x",
        PromptTokens = 100,
        CompletionTokens = 20,
        CachedTokens = 10,
        ReasoningTokens = 5,
        CostUsd = 0.0076509169000000005m,
        CostSource = CostSource.Reported,
        IsStreamed = true,
        Attempt = 2,
        GoalId = 42,
        Agent = "planner",
        Function = "Plugin.Function",
        RunId = "run-1",
        Route = "default",
    };

    public static IEnumerable<PropertyInfo> MembersWithTheirDefault(AiCallRecord record)
    {
        AiCallRecord plain = new() { CallId = default, StartedAt = default, Tier = null!, RequestedModel = null!, Status = default };
        return typeof(AiCallRecord).GetProperties().Where(member => Equals(member.GetValue(record), member.GetValue(plain)));
    }

    public static AiCallRecord Short(int number) => new()
    {
        CallId = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        StartedAt = DateTimeOffset.UnixEpoch.AddSeconds(number),
        Tier = "mid",
        RequestedModel = "m",
        Status = AiCallStatus.Ok,
        CostUsd = number * 0.000000001m,
    };

    public static byte[] Write(params IEnumerable<AiCallRecord> records)
    {
        using MemoryStream file = new();
        foreach (AiCallRecord record in records)
        {
            JournalFormat.Write(file, new JournalEntry(record));
        }

        return file.ToArray();
    }

    public static (IReadOnlyList<AiCallRecord> Records, JournalReader Reader) Read(byte[] bytes)
    {
        using MemoryStream file = new(bytes);
        JournalReader reader = new(file);
        List<AiCallRecord> records = [];
        while (reader.Read() is { } entry)
        {
            records.Add(entry.Record);
        }

        return (records, reader);
    }
}
