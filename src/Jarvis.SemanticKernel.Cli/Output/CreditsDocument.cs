namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>The amounts are exact. The limit and what is left of it are null when the key has none; the difference is null at the first reading.</summary>
internal sealed record CreditsDocument(
    string Database, DateTimeOffset At, decimal? LimitUsd, decimal? RemainingUsd, decimal? UsedUsd, decimal LedgerUsd, DateTimeOffset? DifferenceSince, decimal? DifferenceUsd);
