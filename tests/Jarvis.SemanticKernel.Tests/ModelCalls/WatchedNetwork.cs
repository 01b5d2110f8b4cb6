using Jarvis.SemanticKernel.ModelCalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>The innermost handler: tells when somebody waits for bytes of a body that do not come.</summary>
internal sealed class WatchedNetwork : DelegatingHandler
{
    private TaskCompletionSource _waiting = Create();

    /// <summary>Gets the first read since <see cref="Reset"/> that had to wait.</summary>
    public Task WhenReaderWaits => _waiting.Task;

    public void Reset() => _waiting = Create();

    /// <summary>Goes below the package's own handlers, whenever those are added.</summary>
    public void AddTo(IServiceCollection services) =>
        services.PostConfigureAll<HttpClientFactoryOptions>(options => options.HttpMessageHandlerBuilderActions.Add(builder =>
        {
            if (builder.Name == "jarvis")
            {
                builder.AdditionalHandlers.Add(this);
            }
        }));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        var watched = new StreamContent(new WatchedStream(this, await response.Content.ReadAsStreamAsync(cancellationToken)));
        ContentHeaders.Copy(response.Content.Headers, watched.Headers);
        response.Content = watched;
        return response;
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class WatchedStream(WatchedNetwork network, Stream body) : AsyncReadStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ValueTask<int> read = body.ReadAsync(buffer, cancellationToken);
            if (!read.IsCompleted)
            {
                network._waiting.TrySetResult();
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
