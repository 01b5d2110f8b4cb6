using System.Text.Json;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Reads from a request whether its caller wants a stream. Only for a request whose call is not known: the host suppressed the flow of the execution context.</summary>
internal static class StreamRequest
{
    public static async ValueTask<bool> IsStreamAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Accept.Any(accepted => accepted.MediaType == "text/event-stream"))
        {
            return true;
        }

        if (request.Content is not { } body)
        {
            return false;
        }

        // Kept in memory, so it is not made a second time for the network.
        await body.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        Stream bytes = await body.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument json = await JsonDocument.ParseAsync(bytes, cancellationToken: cancellationToken).ConfigureAwait(false);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("stream"u8, out JsonElement stream)
                && stream.ValueKind == JsonValueKind.True;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            bytes.Position = 0;
        }
    }
}
