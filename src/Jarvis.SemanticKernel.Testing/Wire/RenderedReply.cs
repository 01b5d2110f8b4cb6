using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>A reply as status, headers and parts of a body.</summary>
internal sealed record RenderedReply(int Status, string? ContentType, string? GenerationId, bool IsStream, IReadOnlyList<BodyPart> Parts)
{
    private const string Json = "application/json";

    private IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static RenderedReply OfJson(Action<Utf8JsonWriter> write) => new(200, Json, null, IsStream: false, Whole(JsonText.Write(write)));

    public static RenderedReply Of(SimulatedReply reply, ChatAnswer? answer, bool wantsStream)
    {
        RenderedReply rendered = answer is null ? OfScript(reply)
            : wantsStream ? new RenderedReply(200, "text/event-stream", answer.Id, IsStream: true, ChatStreamBody.Write(answer))
            : new RenderedReply(200, Json, answer.Id, IsStream: false, Whole(JsonText.Write(json => WriteBody(json, answer))));
        return rendered with { Headers = reply.Headers };
    }

    public void WriteHeadersTo(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (GenerationId is not null)
        {
            response.Headers["X-Generation-Id"] = GenerationId;
            response.Headers.AccessControlExposeHeaders = "X-Generation-Id,X-Provider-Name,request-id,cf-ray";
        }

        if (IsStream)
        {
            response.Headers.CacheControl = "no-cache";
        }

        foreach ((string name, string value) in Headers)
        {
            response.Headers[name] = value;
        }
    }

    private static RenderedReply OfScript(SimulatedReply reply) => reply.FailedWith is { } error
        ? new RenderedReply(reply.StatusCode, Json, null, IsStream: false, Whole(JsonText.Write(json => ErrorJson.WriteBody(json, error))))
        : new RenderedReply(reply.StatusCode, null, null, IsStream: false, Whole(reply.RawBody));

    // Only a choice can hold an error beside an answer; every other failure takes the answer's place.
    private static void WriteBody(Utf8JsonWriter json, ChatAnswer answer)
    {
        if (answer.Reply is { FailedWith: { } error, Kind: not ReplyKind.ErrorInChoice })
        {
            ErrorJson.WriteBody(json, error, answer);
        }
        else
        {
            ChatBodyJson.Write(json, answer);
        }
    }

    private static IReadOnlyList<BodyPart> Whole(ReadOnlyMemory<byte> body) => [new BodyPart(body, IsChunk: true)];
}
