namespace Jarvis.SemanticKernel.Testing;

/// <summary>How a simulated call ended, seen from the server.</summary>
public enum SimulatedRequestOutcome
{
    /// <summary>The whole answer was sent.</summary>
    Completed,

    /// <summary>The client closed the connection before the whole answer was sent.</summary>
    ClientClosed,

    /// <summary>The script ended the answer early, as <see cref="SimulatedReply.CutAfterBytes"/> does.</summary>
    CutByScript,
}
