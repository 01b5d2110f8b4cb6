namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>The handlers around a call of a chat client that is not ours: those of a tier without retries, which are its own business, over a network that is the client.</summary>
internal sealed class ForeignChain(HttpMessageHandler handlers) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(handlers);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    public void Dispose() => _invoker.Dispose();
}
