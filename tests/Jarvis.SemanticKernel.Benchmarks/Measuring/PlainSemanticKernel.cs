using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>Semantic Kernel's own chat service, as one uses it without this package.</summary>
internal sealed class PlainSemanticKernel : IDisposable
{
    public const string Model = "anthropic/claude-sonnet-4.5";

    private readonly HttpClient _client;

    public PlainSemanticKernel(Uri endpoint)
    {
        _client = new HttpClient(Network);
        Chat = new OpenAIChatCompletionService(Model, endpoint, "key", httpClient: _client);
    }

    public SocketsHttpHandler Network { get; } = new();

    public OpenAIChatCompletionService Chat { get; }

    public void Dispose()
    {
        _client.Dispose();
        Network.Dispose();
    }
}
