using System.Net;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Stands in for the body of a failed call on its way out through the retry. The real body goes no further: it may quote the prompt.</summary>
internal sealed class UpstreamErrorContent(ModelCallContext context) : HttpContent
{
    public ModelCallContext Context => context;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return true;
    }
}
