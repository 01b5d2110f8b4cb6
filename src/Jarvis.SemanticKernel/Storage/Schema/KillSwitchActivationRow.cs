namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>The version of the newest activation of a switch. Kept by triggers, whoever writes: a stop that was released before anybody looked can still be told.</summary>
internal sealed class KillSwitchActivationRow
{
    public required string Key { get; set; }

    public long Version { get; set; }
}
