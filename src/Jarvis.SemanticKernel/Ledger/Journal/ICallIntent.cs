namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>A call under way.</summary>
internal interface ICallIntent
{
    /// <summary>Forgets the call: its record is durable, or it was not made. Once, and nothing of it is used afterwards.</summary>
    void Settle(ModelCallContext call);
}
