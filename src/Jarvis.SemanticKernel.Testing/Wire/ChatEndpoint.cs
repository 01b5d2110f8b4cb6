using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Jarvis.SemanticKernel.Testing;

/// <summary><c>POST /chat/completions</c>.</summary>
internal sealed class ChatEndpoint(OpenRouterSimulatorOptions options, KeyCheck keys, PriceList prices, ReplyScript script, RequestLog log, BillingBook book)
{
    private readonly TimeProvider _time = options.TimeProvider;
    private readonly string _defaultModel = options.DefaultModel;
    private readonly bool _refusesUnknownModels = options.UnknownModelIsError;
    private readonly bool _keepsRequests = options.KeepRequests;

    public async Task HandleAsync(HttpContext context)
    {
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new SimulatedRequest(headers, _time.GetUtcNow());
        byte[] body = await ReadAsync(context).ConfigureAwait(false);
        JsonDocument? document = ChatRequestBody.TryParse(body);
        var outcome = SimulatedRequestOutcome.ClientClosed;
        try
        {
            string? fault = ChatRequestBody.Read(document, request, _defaultModel);
            log.Add(request);
            outcome = await AnswerAsync(context, request, Choose(context, request, fault)).ConfigureAwait(false);
        }
        finally
        {
            request.Complete(outcome, _time.GetUtcNow());
            if (!_keepsRequests)
            {
                document?.Dispose();
            }
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } length)
        {
            byte[] body = new byte[length];
            await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted).ConfigureAwait(false);
            return body;
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted).ConfigureAwait(false);
        return buffer.ToArray();
    }

    private SimulatedReply Choose(HttpContext context, SimulatedRequest request, string? fault)
    {
        if (keys.RefuseChat(context.Request) is { } refusal)
        {
            return refusal;
        }

        if (fault is not null)
        {
            return SimulatedReply.InvalidRequest(fault);
        }

        if (_refusesUnknownModels && !prices.Knows(request.Model))
        {
            return SimulatedReply.InvalidModel(request.Model);
        }

        return AskScript(request);
    }

    [SuppressMessage(
        "Design", "CA1031:Do not catch general exception types", Justification = "Whatever a test's own script throws is told to its client, as an error it can read.")]
    private SimulatedReply AskScript(SimulatedRequest request)
    {
        try
        {
            return script.Next(request);
        }
        catch (Exception exception)
        {
            return SimulatedReply.Error(500, $"The simulator's script threw {exception.GetType().Name}: {exception.Message}");
        }
    }

    private async Task<SimulatedRequestOutcome> AnswerAsync(HttpContext context, SimulatedRequest request, SimulatedReply reply)
    {
        var sender = new ReplySender(context, reply.Delivery);
        Func<Task> waitAsync = sender.StartWaiting(_time);
        log.Announce();
        await waitAsync().ConfigureAwait(false);

        ChatAnswer? answer = HasGeneration(reply) ? Produce(reply, request) : null;
        Generation? generation = answer is null ? null : Record(answer, request);
        RenderedReply rendered = RenderedReply.Of(reply, answer, request.IsStreaming);
        rendered.WriteHeadersTo(context.Response);
        SimulatedRequestOutcome outcome = await sender.SendAsync(rendered.Parts, rendered.IsStream).ConfigureAwait(false);
        if (generation is not null)
        {
            generation.IsCancelled = outcome == SimulatedRequestOutcome.ClientClosed;
        }

        return outcome;
    }

    private ChatAnswer Produce(SimulatedReply reply, SimulatedRequest request)
    {
        bool isBilled = reply.Kind is ReplyKind.Answer or ReplyKind.ErrorMidStreamAsRecorded || reply.Usage is not null;
        string model = reply.Model ?? request.Model;
        return new ChatAnswer(reply, model, isBilled ? prices.Charge(reply, model, request.Body) : null, _time.GetUtcNow());
    }

    private Generation Record(ChatAnswer answer, SimulatedRequest request)
    {
        var generation = new Generation
        {
            Answer = answer,
            Request = request,
            EndedAt = _time.GetUtcNow(),
            EndUser = ChatRequestBody.TextOf(request.Body, "user"),
            SessionId = ChatRequestBody.TextOf(request.Body, "session_id"),
        };
        book.Record(generation);
        return generation;
    }

    private static bool HasGeneration(SimulatedReply reply) => reply.Kind is not (ReplyKind.Error or ReplyKind.Raw);
}
