using System.Globalization;
using System.Net;
using System.Text.Json;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>What the endpoint's list of models says of prices; nothing, and why, when there is none.</summary>
internal sealed class ModelPriceList
{
    private const decimal Million = 1_000_000m;

    private readonly Dictionary<string, PriceDocument> _prices;

    private ModelPriceList(Dictionary<string, PriceDocument> prices, string? failure) => (_prices, Failure) = (prices, failure);

    /// <summary>Gets why there are no prices; null when there is a list.</summary>
    public string? Failure { get; }

    public static async Task<ModelPriceList> ReadAsync(JarvisRoutingOptions options, CancellationToken cancellationToken)
    {
        using HttpClient client = EndpointCheck.Connect(options);
        Uri endpoint = options.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint;
        (HttpStatusCode? status, JsonElement? data, string? failure) = await EndpointCheck.ReadAsync(client, new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/models"), cancellationToken);
        if (status != HttpStatusCode.OK || data is not { ValueKind: JsonValueKind.Array } models)
        {
            return new([], $"the list of models could not be read: {failure ?? "the answer is no list"}.");
        }

        Dictionary<string, PriceDocument> prices = [];
        foreach (JsonElement model in models.EnumerateArray())
        {
            if (model is { ValueKind: JsonValueKind.Object } && model.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String
                && model.TryGetProperty("pricing", out JsonElement pricing) && pricing.ValueKind == JsonValueKind.Object
                && Price(pricing, "prompt") is { } prompt && Price(pricing, "completion") is { } completion)
            {
                prices[id.GetString()!] = new PriceDocument(prompt, completion);
            }
        }

        return new(prices, null);
    }

    // A suffix such as ":nitro" or ":online" may change the price, and is listed nowhere.
    public PriceDocument? Find(string model) => _prices.GetValueOrDefault(model);

    // Texts, in USD for a token. One of -1 stands for a price that depends on who serves the call.
    private static decimal? Price(JsonElement pricing, string name) =>
        pricing.TryGetProperty(name, out JsonElement price) && price.ValueKind == JsonValueKind.String
        && decimal.TryParse(price.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal usd) && usd is >= 0m and < Million
            ? usd * Million
            : null;
}
