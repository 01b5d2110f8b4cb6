namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The connections to the upstream.</summary>
internal static class ModelCallConnection
{
    public static void Configure(SocketsHttpHandler handler)
    {
        // Kept for the life of the process, so addresses have to be looked up again now and then.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        handler.ConnectTimeout = TimeSpan.FromSeconds(30);

        // A redirect would take the prompt and the key to an address nobody configured.
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
    }
}
