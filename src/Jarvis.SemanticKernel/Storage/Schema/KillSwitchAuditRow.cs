namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class KillSwitchAuditRow
{
    public int Id { get; set; }

    public required string Action { get; set; }

    public required string Reason { get; set; }

    public required string TriggeredBy { get; set; }

    public DateTime CreatedAt { get; set; }
}
