namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class AgentStateRow
{
    public int Id { get; set; }

    public required string Key { get; set; }

    public required string Value { get; set; }

    public DateTime UpdatedAt { get; set; }
}
