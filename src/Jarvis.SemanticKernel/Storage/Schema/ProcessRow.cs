namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class ProcessRow
{
    public Guid ProcessId { get; set; }

    public required string Host { get; set; }

    public int Pid { get; set; }

    public required string Program { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    // The newest version of the kill switch that this process acts on.
    public long SwitchVersion { get; set; }
}
