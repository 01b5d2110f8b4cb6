namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>One row. Triggers count it up with every change of the switch, whoever makes it, in the same transaction.</summary>
internal sealed class KillSwitchVersionRow
{
    public int Id { get; set; }

    public long Version { get; set; }
}
