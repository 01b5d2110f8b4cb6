using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>Whether the endpoint accepts the key, and still offers the models of the tiers. Asks what costs nothing.</summary>
internal static class EndpointCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<DatabaseFinding>> RunAsync(JarvisRoutingOptions options, CancellationToken cancellationToken)
    {
        Uri endpoint = options.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint;
        string shown = Shown(endpoint);
        using HttpClient client = Connect(options);
        string root = endpoint.AbsoluteUri.TrimEnd('/');
        DatabaseFinding key = await CheckKeyAsync(client, new Uri($"{root}/key"), shown, cancellationToken);
        return [key, .. await CheckTiersAsync(client, new Uri($"{root}/models"), shown, options.Tiers, cancellationToken)];
    }

    /// <summary>An address for people: a user name and a password in it are a secret.</summary>
    public static string Shown(Uri endpoint) => endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The client disposes of its connection, and who asked for it of the client.")]
    public static HttpClient Connect(JarvisRoutingOptions options)
    {
        SocketsHttpHandler connection = new() { AllowAutoRedirect = false };
        HttpClient client = new(connection, disposeHandler: true) { Timeout = Patience };
        if (!string.IsNullOrWhiteSpace(options.ApiKey))
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        }

        return client;
    }

    /// <summary>Gets the status and the field "data" of the answer; a failure when there is none. The answer's own text is never repeated.</summary>
    public static async Task<(HttpStatusCode? Status, JsonElement? Data, string? Failure)> ReadAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(address, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return (answer.StatusCode, null, $"HTTP {(int)answer.StatusCode}");
            }

            using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("data", out JsonElement data)
                ? (answer.StatusCode, data.Clone(), null)
                : (null, null, "the answer is not OpenRouter's");
        }
        catch (JsonException)
        {
            return (null, null, "the answer is no JSON");
        }
        catch (HttpRequestException exception)
        {
            return (null, null, exception.HttpRequestError == HttpRequestError.Unknown ? "it cannot be reached" : $"it cannot be reached ({exception.HttpRequestError})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, null, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    // ":nitro", ":floor", ":online" choose a route, and are listed nowhere. ":free" is a model of its own, which may be gone while the other is there.
    private static string WithoutVariant(string model) =>
        model.IndexOf(':', StringComparison.Ordinal) is > 0 and var at && !model.EndsWith(":free", StringComparison.Ordinal) ? model[..at] : model;

    private static async Task<DatabaseFinding> CheckKeyAsync(HttpClient client, Uri address, string endpoint, CancellationToken cancellationToken)
    {
        if (client.DefaultRequestHeaders.Authorization is null)
        {
            return new("key", DatabaseFindingOutcome.Fault, "OPENROUTER_API_KEY is not set. The switch works without it; agents do not.");
        }

        (HttpStatusCode? status, JsonElement? data, string? failure) = await ReadAsync(client, address, cancellationToken);
        return status switch
        {
            HttpStatusCode.OK => new("key", DatabaseFindingOutcome.Ok, $"Accepted by {endpoint}; {Left(data)}."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new("key", DatabaseFindingOutcome.Fault, $"{endpoint} refuses the key (HTTP {(int)status}). Set OPENROUTER_API_KEY to one that is valid."),
            HttpStatusCode.NotFound => new("key", DatabaseFindingOutcome.Notice, $"Present; {endpoint} has no /key to ask whether it is accepted."),
            _ => new("key", DatabaseFindingOutcome.Fault, $"{endpoint} could not be asked about the key: {failure}. Check OPENROUTER_BASE_URL and the network."),
        };
    }

    private static async Task<IEnumerable<DatabaseFinding>> CheckTiersAsync(
        HttpClient client, Uri address, string endpoint, IDictionary<string, TierOptions> tiers, CancellationToken cancellationToken)
    {
        (HttpStatusCode? status, JsonElement? data, string? failure) = await ReadAsync(client, address, cancellationToken);
        if (status != HttpStatusCode.OK || data is not { ValueKind: JsonValueKind.Array } models)
        {
            return [new("tiers", DatabaseFindingOutcome.Fault, $"{endpoint} could not be asked for its models: {failure ?? "the answer is no list"}. Check OPENROUTER_BASE_URL and the network.")];
        }

        HashSet<string> offered = [.. models.EnumerateArray()
            .Select(model => model.TryGetProperty("id", out JsonElement id) ? id.GetString() : null).OfType<string>()];
        return from tier in tiers
               let model = tier.Value.Model ?? ""
               select offered.Contains(model) || offered.Contains(WithoutVariant(model))
                   ? new DatabaseFinding($"tier {tier.Key}", DatabaseFindingOutcome.Ok, $"{model} exists.")
                   : new DatabaseFinding($"tier {tier.Key}", DatabaseFindingOutcome.Fault, $"{endpoint} offers no {model} any more, or never did. Set another model for the tier.");
    }

    private static string Left(JsonElement? data) =>
        data is { ValueKind: JsonValueKind.Object } key && key.TryGetProperty("limit_remaining", out JsonElement left) && left.ValueKind == JsonValueKind.Number && left.TryGetDecimal(out decimal usd)
            ? string.Create(CultureInfo.InvariantCulture, $"{usd:0.00} USD of its limit left")
            : "it has no limit of its own";
}
