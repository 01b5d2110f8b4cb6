namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The events that a filter answers a streamed call with. The SDK takes a <see cref="MemoryStream"/>, which every content in memory reads as, for a body it has
/// buffered itself, and fails at its end.</summary>
internal sealed class FilterAnswerStream(HttpContent owner, Stream events) : AsyncReadStream
{
    public static async Task WrapAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        HttpContent owner = response.Content;
        Stream events = await owner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        response.Content = new StreamContent(new FilterAnswerStream(owner, events));
        response.Content.Headers.ContentType = owner.Headers.ContentType;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => events.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owner.Dispose();
        }

        base.Dispose(disposing);
    }
}
