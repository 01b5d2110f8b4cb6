namespace Jarvis.SemanticKernel.Routing;

/// <summary>Whoever may end a call while it waits for its next attempt.</summary>
internal interface IAttemptBreak
{
    /// <summary>Gets the token of the waits. An attempt under way is no wait: it is not cancelled by a stop.</summary>
    CancellationToken Token { get; }
}
