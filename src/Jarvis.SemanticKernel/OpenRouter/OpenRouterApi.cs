using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.OpenRouter;

internal sealed class OpenRouterApi(IHttpClientFactory clients, IOptionsMonitor<JarvisRoutingOptions> options, TimeProvider time) : IOpenRouterApi
{
    /// <summary>The name under which <c>IHttpClientFactory</c> configuration reaches these requests.</summary>
    public const string ClientName = "jarvis account";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // The whole list of models has about two million.
    private const int MostBytes = 32 * 1024 * 1024;

    public string GenerationIdPrefix => "gen-";

    public static void Configure(HttpClient client)
    {
        client.Timeout = Patience;
        client.MaxResponseContentBufferSize = MostBytes;
    }

    public static void Configure(SocketsHttpHandler handler)
    {
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
        handler.ConnectTimeout = Patience;
        handler.AutomaticDecompression = DecompressionMethods.All;

        // A redirect would take the key to an address nobody configured.
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
    }

    public async Task<Generation?> GetGenerationAsync(string id, CancellationToken cancellationToken) =>
        await GetAsync($"generation?id={Uri.EscapeDataString(id)}", cancellationToken).ConfigureAwait(false) is { } data ? Generation.Read(data) : null;

    public async Task<KeyUsage?> GetKeyAsync(CancellationToken cancellationToken) =>
        await GetAsync("key", cancellationToken).ConfigureAwait(false) is { } data ? KeyUsage.Read(data) : null;

    public Task<JsonElement?> GetModelsAsync(CancellationToken cancellationToken) => GetAsync("models", cancellationToken);

    /// <summary>Gets the field "data" of the answer; null for 404.</summary>
    private async Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using HttpClient client = clients.CreateClient(ClientName);
            using HttpRequestMessage request = Request(path);
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new ApiFailureException($"HTTP {(int)response.StatusCode}", response.StatusCode, RetryAfterOf(response));
            }

            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            return document.RootElement.Member("data") is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } data
                ? data.Clone()
                : throw new ApiFailureException("the answer is not OpenRouter's");
        }
        catch (JsonException)
        {
            throw new ApiFailureException("the answer is no JSON");
        }
        catch (HttpRequestException exception)
        {
            throw new ApiFailureException($"it cannot be reached ({exception.HttpRequestError})", innerException: exception);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new ApiFailureException("the answer was cut", innerException: exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ApiFailureException($"no answer within {Patience.TotalSeconds:0} s", innerException: exception);
        }
    }

    private HttpRequestMessage Request(string path)
    {
        JarvisRoutingOptions settings = options.CurrentValue;
        Uri root = settings.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint;
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{root.AbsoluteUri.TrimEnd('/')}/{path}"));
        if (!string.IsNullOrWhiteSpace(settings.ApiKey))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey);
        }

        AppAttribution.AddTo(request.Headers, settings);
        return request;
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };
}
