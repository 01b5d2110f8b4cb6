namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The caller's own token, to tell a caller who gave up from a time limit: inside the retry both look alike.</summary>
internal static class CallerToken
{
    public static HttpRequestOptionsKey<CancellationToken> Key { get; } = new("Jarvis.CallerToken");
}
