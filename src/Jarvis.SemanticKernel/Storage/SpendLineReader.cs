using System.Data.Common;
using Jarvis.SemanticKernel.Costs;

namespace Jarvis.SemanticKernel.Storage;

/// <summary>Reads the lines of a spend report: the keys in the order asked for, then the figures in the order of <see cref="Read"/>.</summary>
internal sealed class SpendLineReader(SpendReading reading)
{
    /// <summary>The column of the first figure.</summary>
    public int Figures => reading.GroupBy.Count;

    /// <summary>The column after the figures that are the same in all engines.</summary>
    public int AfterFigures => Figures + 7;

    public static string? Text(CostSource? source) => source switch
    {
        null => null,
        CostSource.Unknown => "unknown",
        CostSource.Reported => "reported",
        CostSource.Reconciled => "reconciled",
        CostSource.Computed => "computed",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "A source without a text."),
    };

    public SpendLine Read(DbDataReader row, decimal costUsd, SpendLatency? latency = null) => new()
    {
        Key = ReadKey(row),
        Calls = row.GetInt64(Figures),
        FailedCalls = row.GetInt64(Figures + 1),
        UnresolvedCalls = row.GetInt64(Figures + 2),
        PromptTokens = row.GetInt64(Figures + 3),
        CompletionTokens = row.GetInt64(Figures + 4),
        CachedTokens = row.GetInt64(Figures + 5),
        ReasoningTokens = row.GetInt64(Figures + 6),
        CostUsd = costUsd,
        Latency = latency,
    };

    public SpendKey ReadKey(DbDataReader row)
    {
        SpendKey key = SpendKey.None;
        for (int column = 0; column < reading.GroupBy.Count; column++)
        {
            if (!row.IsDBNull(column))
            {
                key = Add(key, reading.GroupBy[column], row, column);
            }
        }

        return key;
    }

    private SpendKey Add(SpendKey key, SpendGrouping grouping, DbDataReader row, int column)
    {
        switch (grouping)
        {
            case SpendGrouping.Tier:
                return key with { Tier = row.GetString(column) };
            case SpendGrouping.Model:
                return key with { Model = row.GetString(column) };
            case SpendGrouping.Provider:
                return key with { Provider = row.GetString(column) };
            case SpendGrouping.Goal:
                return key with { Goal = row.GetInt32(column) };
            case SpendGrouping.Agent:
                return key with { Agent = row.GetString(column) };
            case SpendGrouping.Run:
                return key with { Run = row.GetString(column) };
            case SpendGrouping.Function:
                return key with { Function = row.GetString(column) };
            case SpendGrouping.CostSource:
                return key with { CostSource = Enum.Parse<CostSource>(row.GetString(column), ignoreCase: true) };
            default:
                // The number of the unit, counted from 1.
                int unit = row.GetInt32(column);
                return key with { Start = reading.Bounds[unit - 1], End = reading.Bounds[unit] };
        }
    }
}
