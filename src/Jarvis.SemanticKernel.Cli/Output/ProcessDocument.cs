namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>A process that keeps a heartbeat, live or not, and whether it acts on the change that is looked at.</summary>
internal sealed record ProcessDocument(
    Guid Id, string Host, int Pid, string Program, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, bool Live, long SwitchVersion, bool Acknowledged)
{
    public static ProcessDocument From(KillSwitchProcess process, KillSwitchProcessReport report) => From(process, process.SwitchVersion >= report.CurrentVersion);

    public static ProcessDocument From(KillSwitchProcess process, bool isAcknowledged) => new(
        process.Id, process.Host, process.Pid, process.Program, process.StartedAt, process.LastSeenAt, process.IsLive, process.SwitchVersion, isAcknowledged);
}
