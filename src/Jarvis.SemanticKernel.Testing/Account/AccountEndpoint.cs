using Microsoft.AspNetCore.Http;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The endpoints around the account and the catalogue; all else is 404.</summary>
internal sealed class AccountEndpoint(OpenRouterSimulatorOptions options, KeyCheck keys, PriceList prices, BillingBook book)
{
    private readonly TimeProvider _time = options.TimeProvider;
    private readonly TimeSpan _generationDelay = options.GenerationDelay;
    private readonly KeyJson _key = new(options, book);
    private volatile Func<string, SimulatedReply?>? _onRead;

    public Func<string, SimulatedReply?>? OnRead
    {
        get => _onRead;
        set => _onRead = value;
    }

    public async Task HandleAsync(HttpContext context, string endpoint)
    {
        SimulatedReply? scripted = HttpMethods.IsGet(context.Request.Method) ? OnRead?.Invoke(endpoint + context.Request.QueryString) : null;
        SimulatedGenerationRead? read = scripted is null ? NextRead(context.Request, endpoint) : null;
        scripted ??= read?.Reply;
        var sender = new ReplySender(context, scripted?.Delivery ?? ReplyDelivery.AtOnce);
        await sender.StartWaiting(_time)().ConfigureAwait(false);
        RenderedReply rendered = scripted is null ? Answer(context.Request, endpoint, read) : Script(scripted);
        rendered.WriteHeadersTo(context.Response);
        await sender.SendAsync(rendered.Parts, isStream: false).ConfigureAwait(false);
    }

    private static RenderedReply Script(SimulatedReply reply) => RenderedReply.Of(
        reply.Kind is ReplyKind.Error or ReplyKind.Raw ? reply : SimulatedReply.Error(500, "The script answered a read with a chat completion; use Error or Raw."),
        answer: null,
        wantsStream: false);

    private RenderedReply Answer(HttpRequest request, string endpoint, SimulatedGenerationRead? read)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return Refuse(SimulatedReply.Error(404, "Not Found", namesUser: false));
        }

        return endpoint switch
        {
            "/models" => RenderedReply.OfJson(json => ModelsJson.Write(json, prices.Models)),
            "/key" or "/auth/key" => keys.RefuseRead(request) is { } refusal
                ? Refuse(refusal)
                : RenderedReply.OfJson(json => _key.WriteKey(json, keys.IsManagement(request))),
            "/credits" => keys.RefuseManagement(request) is { } refusal ? Refuse(refusal) : RenderedReply.OfJson(_key.WriteCredits),
            "/generation" => keys.RefuseRead(request) is { } refusal ? Refuse(refusal) : Describe(request.Query["id"].ToString(), read),
            _ => Refuse(SimulatedReply.Error(404, "Not Found", namesUser: false)),
        };
    }

    private SimulatedGenerationRead? NextRead(HttpRequest request, string endpoint) =>
        endpoint == "/generation" && HttpMethods.IsGet(request.Method) && keys.RefuseRead(request) is null ? Find(request.Query["id"].ToString())?.NextRead() : null;

    private RenderedReply Describe(string id, SimulatedGenerationRead? read) => read != SimulatedGenerationRead.NotFound && Find(id) is { } generation
        ? RenderedReply.OfJson(json => GenerationJson.Write(json, generation, isFinished: read != SimulatedGenerationRead.NotFinished))
        : Refuse(SimulatedReply.Error(404, $"Generation {id} not found", namesUser: false));

    private Generation? Find(string id) =>
        book.Find(id) is { Answer.Reply.ShowsGeneration: true } generation && _time.GetUtcNow() - generation.EndedAt >= _generationDelay ? generation : null;

    private static RenderedReply Refuse(SimulatedReply reply) => RenderedReply.Of(reply, answer: null, wantsStream: false);
}
