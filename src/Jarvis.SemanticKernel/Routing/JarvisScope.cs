using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel;

/// <summary>Attributes every model call made inside it, direct calls of chat services included.</summary>
public static class JarvisScope
{
    /// <summary>Starts a scope that lasts until the result is disposed. It flows with <c>await</c> and into tools; scopes nest, and an inner one wins.</summary>
    /// <param name="goal">The goal, or <see langword="null"/> to keep the outer one.</param>
    /// <param name="agent">The agent, or <see langword="null"/> to keep the outer one.</param>
    /// <param name="run">The run, or <see langword="null"/> to keep the outer one.</param>
    /// <returns>Ends the scope. Dispose it in the method that began it.</returns>
    public static IDisposable Begin(int? goal = null, string? agent = null, string? run = null)
    {
        AmbientCall outer = AmbientCall.Current;
        CallAttribution old = outer.Attribution;
        AmbientCall.Current = outer with
        {
            Attribution = old with { GoalId = goal ?? old.GoalId, Agent = agent ?? old.Agent, RunId = run ?? old.RunId },
        };
        return new Ending(outer);
    }

    private sealed class Ending(AmbientCall outer) : IDisposable
    {
        public void Dispose() => AmbientCall.Current = outer;
    }
}
