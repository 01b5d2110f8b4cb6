namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>What is under way when the process dies is lost.</summary>
internal sealed class NoCallIntents : ICallIntents, ICallIntent
{
    public static NoCallIntents Instance { get; } = new();

    public ICallIntent Begin(ModelCallContext call) => this;

    public void Settle(ModelCallContext call)
    {
    }
}
