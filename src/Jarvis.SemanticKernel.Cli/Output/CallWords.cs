using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>A recorded call in words.</summary>
internal static class CallWords
{
    public static string[] Headings { get; } = ["When", "Status", "Tier", "Cost USD", "Source", "Tokens", "Took", "Model", "For", "Error"];

    public static string[] Row(CallLine call) =>
    [
        Terminal.Time(call.StartedAt),
        call.Status is { } status ? Lower(status) : "-",
        call.Tier,
        call.CostUsd?.ToString(CultureInfo.InvariantCulture) ?? "unknown",
        call.CostSource is { } source ? Lower(source) : "other program",
        call is { PromptTokens: null, CompletionTokens: null } ? "-" : $"{Number(call.PromptTokens)}+{Number(call.CompletionTokens)}",
        call.Latency is { } latency ? $"{latency.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms" : "-",
        call.Model,
        string.Join(", ", ((string?[])[call.GoalId is { } goal ? $"goal {goal.ToString(CultureInfo.InvariantCulture)}" : null, call.Agent, call.Function]).OfType<string>()) is { Length: > 0 } what ? what : "-",
        call.Error ?? "-",
    ];

    public static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Number(int? tokens) => tokens?.ToString(CultureInfo.InvariantCulture) ?? "?";
}
