using System.Net.Http.Headers;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>What the headers of an answer say.</summary>
internal static class AnswerHeaders
{
    public static bool IsEventStream(HttpResponseMessage response) =>
        string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);

    public static string? GenerationId(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("X-Generation-Id", out HeaderStringValues values) ? values.ToString() : null;
}
