using System.Data.Common;
using System.Globalization;

namespace Jarvis.SemanticKernel.Storage;

/// <summary>A row of the view <c>jarvis.calls</c>, by the order of columns that both engines select. Time, id and cost are of a kind of their own in each.</summary>
internal static class CallRow
{
    public static CallLine Read(DbDataReader row, DateTimeOffset startedAt, Guid? callId, decimal? costUsd) => new()
    {
        StartedAt = startedAt,
        CallId = callId,
        AiCallId = Number(row, 2),
        Status = row[3] is string status ? Enum.Parse<AiCallStatus>(status, ignoreCase: true) : null,
        Tier = row.GetString(4),
        Model = row.GetString(5),
        Provider = row[6] as string,
        GenerationId = row[7] as string,
        HttpStatus = Number(row, 8),
        Error = row[9] as string,
        PromptTokens = Number(row, 10),
        CompletionTokens = Number(row, 11),
        CostUsd = costUsd,
        CostSource = row[13] is string source ? Enum.Parse<CostSource>(source, ignoreCase: true) : null,
        Latency = Number(row, 14) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        IsStreamed = row.IsDBNull(15) ? null : Convert.ToBoolean(row[15], CultureInfo.InvariantCulture),
        Attempt = Number(row, 16),
        GoalId = Number(row, 17),
        Agent = row[18] as string,
        Function = row[19] as string,
        RunId = row[20] as string,
    };

    private static int? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : Convert.ToInt32(row[column], CultureInfo.InvariantCulture);
}
