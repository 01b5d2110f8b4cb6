namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>A failed command. The database is null when the setting that names it is at fault.</summary>
internal sealed record ErrorDocument(string? Database, string Error);

internal sealed record ChangeDocument(
    string Database, string Scope, bool Active, string Reason, string By, double TookMilliseconds, string? InFlight, AcknowledgementDocument? Acknowledgement);

internal sealed record StatusDocument(
    string Database, bool Active, string? Reason, DateTimeOffset? Since, string? By, IEnumerable<SwitchDocument> Scopes, string? InFlight, long Version, IEnumerable<ProcessDocument> Processes);

internal sealed record SwitchDocument(string Scope, bool Active, string? Reason, DateTimeOffset? Since, string? By, string? Fault, string? InFlight);

internal sealed record AuditDocument(string Database, IEnumerable<AuditEntryDocument> Entries);

internal sealed record AuditEntryDocument(long Id, string Scope, string Action, string Reason, string TriggeredBy, DateTimeOffset At)
{
    public static AuditEntryDocument From(KillSwitchAuditEntry entry) => new(entry.Id, entry.Scope.ToString(), entry.Action, entry.Reason, entry.TriggeredBy, entry.At);
}

internal sealed record MigrateDocument(string Database, double TookMilliseconds);

internal sealed record ScriptDocument(string? Database, string Engine, string Sql);

internal sealed record DoctorDocument(string Database, bool Healthy, IEnumerable<FindingDocument> Findings);

internal sealed record FindingDocument(string Subject, string Outcome, string Detail)
{
    public static FindingDocument From(DatabaseFinding finding) =>
        new(finding.Subject, finding.Outcome switch { DatabaseFindingOutcome.Ok => "ok", DatabaseFindingOutcome.Notice => "notice", _ => "fault" }, finding.Detail);
}

/// <summary>The costs are exact. The error says why the asking ended early.</summary>
internal sealed record ReconcileDocument(
    string Database, DateTimeOffset? Since, int Total, int Asked, int Reconciled, decimal CostUsd, int KnownMeanwhile, int Unknown, long Remaining, string? Error)
{
    public static ReconcileDocument From(string database, DateTimeOffset? since, ReconciliationReport report, long remaining) => new(
        database, since, report.Total, report.Asked, report.Reconciled, report.CostUsd, report.KnownMeanwhile, report.Unknown, remaining, report.Fault);
}

internal sealed record CallsDocument(string Database, IEnumerable<CallDocument> Calls, JournalDocument Journal);

/// <summary>What lies in the journal. The error says why that cannot be told.</summary>
internal sealed record JournalDocument(string? Folder, long? WaitingRecords, long? RefusedRecords, int? DamagedFiles, string? Error);

/// <summary>The error says why the retry ended early.</summary>
internal sealed record RetryDocument(string Database, string? Folder, long Stored, long StillRefused, int FilesInUse, string? Error);

/// <summary>The tiers as this process sees them: by its environment, else by default. PricesUnknown says why there are no prices.</summary>
internal sealed record TiersDocument(
    string Database, string Endpoint, string EndpointSource, string DefaultTier, IReadOnlyList<TierDocument> Tiers, string? PricesUnknown);

/// <summary>A tier. The price is null where the endpoint lists none for the model.</summary>
internal sealed record TierDocument(string Name, string Model, string ModelSource, IEnumerable<string> FallbackModels, int MaxTokens, PriceDocument? UsdPerMillionTokens);

internal sealed record PriceDocument(decimal Prompt, decimal Completion);
