namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>Knows which calls are under way, in a way that outlives the process.</summary>
internal interface ICallIntents
{
    /// <summary>Notes that the call is about to be made, and from then on its generation id as soon as that is known.</summary>
    /// <exception cref="JournalUnavailableException">It cannot be noted, so the call must not be made.</exception>
    ICallIntent Begin(ModelCallContext call);
}
