namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>Which key a row of kill_switch_audit is about: that table is shared and has no column for it. Rows of other programs have none, theirs is the global key.</summary>
internal sealed class KillSwitchChangeRow
{
    public int AuditId { get; set; }

    public required string Key { get; set; }
}
