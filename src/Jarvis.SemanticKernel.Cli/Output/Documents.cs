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
