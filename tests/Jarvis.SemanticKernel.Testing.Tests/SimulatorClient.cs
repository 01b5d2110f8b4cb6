using System.Net.Http.Headers;
using System.Text;

namespace Jarvis.SemanticKernel.Testing.Tests;

/// <summary>A plain HTTP client of a simulator, with a key.</summary>
internal sealed class SimulatorClient : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly Uri _endpoint;

    public SimulatorClient(OpenRouterSimulator simulator, string? key = "sk-or-v1-test")
    {
        _endpoint = simulator.Endpoint;
        _http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
    }

    public static string Request(string model = "anthropic/claude-sonnet-4.5", bool stream = false) =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"When is it due?"}]}""";

    /// <summary>Sends a chat completion and returns when the headers are here.</summary>
    public Task<HttpResponseMessage> ChatAsync(string body) => ChatUntilAsync(body, TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> ChatUntilAsync(string body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_endpoint + "/chat/completions"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    public async Task<string> ChatTextAsync(string? body = null)
    {
        using HttpResponseMessage response = await ChatAsync(body ?? Request());
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string> StreamTextAsync(string model = "anthropic/claude-sonnet-4.5") => await ChatTextAsync(Request(model, stream: true));

    public async Task<HttpResponseMessage> GetAsync(string path) => await _http.GetAsync(new Uri(_endpoint + path), TestContext.Current.CancellationToken);

    public async Task<string> GetTextAsync(string path) => await _http.GetStringAsync(new Uri(_endpoint + path), TestContext.Current.CancellationToken);

    public void Dispose() => _http.Dispose();
}
