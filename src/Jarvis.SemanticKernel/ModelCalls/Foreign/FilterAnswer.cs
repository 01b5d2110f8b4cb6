using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>Reads the response that a filter gave, in place of a client or of its answer, as what the client would have answered.</summary>
internal static class FilterAnswer
{
    public static async Task<ChatResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        var body = BinaryData.FromBytes(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return ModelReaderWriter.Read<ChatCompletion>(body)!.AsChatResponse();
    }

    public static async IAsyncEnumerable<ChatResponseUpdate> ReadStreamAsync(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in EventsAsync(body, cancellationToken).AsChatResponseUpdatesAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private static async IAsyncEnumerable<StreamingChatCompletionUpdate> EventsAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            if (item.Data == "[DONE]")
            {
                yield break;
            }

            yield return ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(item.Data))!;
        }
    }
}
