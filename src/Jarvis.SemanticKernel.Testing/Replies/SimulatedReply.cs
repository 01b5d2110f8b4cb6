using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>What the simulator answers to one chat completion. Immutable: every modifier returns a changed copy, so a reply can be used many times.</summary>
/// <remarks>
/// Whether an answer is streamed depends on the request, not on the reply. Tokens follow a fixed rule unless <see cref="WithUsage"/> sets them: the prompt counts
/// one token for each started 4 bytes of the request's <c>messages</c> and <c>tools</c> as sent, the completion one for each started 4 UTF-8 bytes of text,
/// reasoning, tool names and arguments, at least 1 each. The cost is their exact price by <see cref="OpenRouterSimulatorOptions.Prices"/>.
/// </remarks>
public sealed partial class SimulatedReply
{
    private SimulatedReply(ReplyKind kind) => Kind = kind;

    internal ReplyKind Kind { get; private init; }

    internal string? AnswerText { get; private set; }

    internal string? Reasoning { get; private set; }

    internal ImmutableArray<SimulatedToolCall> Tools { get; private set; } = [];

    internal ReplyError? FailedWith { get; private init; }

    internal int StatusCode { get; private init; } = 200;

    internal ReadOnlyMemory<byte> RawBody { get; private init; }

    internal ReplyUsage? Usage { get; private set; }

    internal bool ShowsUsage { get; private set; } = true;

    internal bool ShowsCost { get; private set; } = true;

    internal string? Provider { get; private set; }

    internal string? Model { get; private set; }

    internal string? FinishReason { get; private set; }

    internal string? NativeFinishReason { get; private set; }

    internal ImmutableArray<KeyValuePair<string, string>> Headers { get; private set; } = [];

    internal ImmutableArray<SimulatedGenerationRead> GenerationReads { get; private set; } = [];

    internal bool ShowsGeneration { get; private set; } = true;

    internal ReplyDelivery Delivery { get; private set; } = ReplyDelivery.AtOnce;

    /// <summary>Makes an answer of text.</summary>
    /// <param name="text">The text; empty for an answer without content.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SimulatedReply(ReplyKind.Answer) { AnswerText = text };
    }

    /// <summary>Makes an answer that calls one tool, or several in parallel; <see cref="WithText"/> lets the model say something first.</summary>
    /// <param name="calls">The calls, at least one.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="ArgumentException">There is no call.</exception>
    public static SimulatedReply ToolCalls(params SimulatedToolCall[] calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return calls.Length > 0
            ? new SimulatedReply(ReplyKind.Answer) { Tools = [.. calls] }
            : throw new ArgumentException("Name at least one tool call.", nameof(calls));
    }

    /// <summary>Makes a failure that comes with status 200 and a body holding an error but no choices; a stream gets it as its first and only event.</summary>
    /// <param name="code">The code inside the error.</param>
    /// <param name="message">The error's message.</param>
    /// <param name="errorType">The <c>error_type</c> of the metadata.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ErrorInside200(int code, string message, string errorType = "provider_unavailable") =>
        new(ReplyKind.ErrorInside200) { AnswerText = string.Empty, FailedWith = Typed(code, message, errorType) };

    /// <summary>Makes an answer that fails half-way: its choice holds the text so far, an error, and <c>finish_reason</c> <c>error</c>.</summary>
    /// <param name="textBefore">What the model had said.</param>
    /// <param name="code">The code inside the error.</param>
    /// <param name="message">The error's message.</param>
    /// <param name="errorType">The <c>error_type</c> of the metadata.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ErrorInChoice(string textBefore, int code, string message, string errorType = "provider_unavailable") =>
        new(ReplyKind.ErrorInChoice) { AnswerText = textBefore, FailedWith = Typed(code, message, errorType) };

    /// <summary>Makes a stream that fails half-way as OpenRouter documents it: an error chunk with <c>finish_reason</c> <c>error</c>, then the end without
    /// usage and terminator. A request without streaming gets <see cref="ErrorInside200"/>.</summary>
    /// <param name="textBefore">What the model had said; empty makes the error the first event.</param>
    /// <param name="code">The code inside the error.</param>
    /// <param name="message">The error's message.</param>
    /// <param name="errorType">The <c>error_type</c> of the metadata.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ErrorMidStream(string textBefore, int code, string message, string errorType = "provider_unavailable") =>
        new(ReplyKind.ErrorMidStream) { AnswerText = textBefore, FailedWith = Typed(code, message, errorType) };

    /// <summary>Makes a stream that fails half-way as it was recorded in 2025: an error chunk without finish reason that also carries the usage, which is billed,
    /// then the terminator. A request without streaming gets <see cref="ErrorInside200"/>.</summary>
    /// <param name="textBefore">What the model had said; empty makes the error the first event.</param>
    /// <param name="code">The code inside the error.</param>
    /// <param name="message">The error's message.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ErrorMidStreamAsRecorded(string textBefore, int code, string message) =>
        new(ReplyKind.ErrorMidStreamAsRecorded) { AnswerText = textBefore, FailedWith = new ReplyError(code, message) };

    /// <summary>Makes an answer of exact bytes. Nothing is added but the headers given; it bills nothing.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="headers">The headers, content type included; <see langword="null"/> for none.</param>
    /// <param name="body">The body. Each modifier that counts chunks takes the whole body as one.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply Raw(int status, IEnumerable<KeyValuePair<string, string>>? headers, ReadOnlyMemory<byte> body) =>
        new(ReplyKind.Raw) { StatusCode = status, Headers = [.. headers ?? []], RawBody = body.ToArray() };

    /// <summary>Makes an error answer.</summary>
    /// <param name="status">The status, also written as the error's <c>code</c>.</param>
    /// <param name="message">The error's message.</param>
    /// <param name="metadataJson">The object under <c>metadata</c>; <see langword="null"/> leaves it out.</param>
    /// <param name="availabilityJson">The object under <c>availability</c>; <see langword="null"/> leaves it out.</param>
    /// <param name="namesUser">Whether the body names the account's user, as it does once the key is known.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="ArgumentException">A JSON text is not an object.</exception>
    public static SimulatedReply Error(
        int status,
        string message,
        [StringSyntax(StringSyntaxAttribute.Json)] string? metadataJson = null,
        [StringSyntax(StringSyntaxAttribute.Json)] string? availabilityJson = null,
        bool namesUser = true)
    {
        ThrowIfNoObject(metadataJson, nameof(metadataJson));
        ThrowIfNoObject(availabilityJson, nameof(availabilityJson));
        return new SimulatedReply(ReplyKind.Error)
        {
            StatusCode = status,
            FailedWith = new ReplyError(status, message, metadataJson, availabilityJson, namesUser),
        };
    }

    private static ReplyError Typed(int code, string message, string errorType) =>
        new(code, message, JsonText.Object(json => json.WriteString("error_type", errorType)));

    private static void ThrowIfNoObject(string? json, string parameter)
    {
        if (json is not null && !JsonText.IsObject(json))
        {
            throw new ArgumentException("Give the text of a JSON object, or null.", parameter);
        }
    }

    private SimulatedReply With(Action<SimulatedReply> change)
    {
        var copy = (SimulatedReply)MemberwiseClone();
        change(copy);
        return copy;
    }
}
