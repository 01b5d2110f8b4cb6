using System.Text.Json;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>One body of Samples/OpenRouter, with the status and headers that the manifest gives it.</summary>
internal sealed record Sample(string Name, int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public const string Streamed = "03-chat-stream-success.sse";
    public const string StreamedTools = "07-chat-stream-tools-parallel.sse";
    public const string FailedMidStream = "50-midstream-error-documented.sse";
    public const string FailedFirst = "52-stream-error-first-event.sse";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples", "OpenRouter");
    private static readonly Dictionary<string, JsonElement> Manifest =
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllBytes(Path.Combine(Folder, "manifest.json")))!;

    public static TheoryData<string> Chats => [.. Names];

    public static TheoryData<string> Streams => [.. Names.Where(name => name.EndsWith(".sse", StringComparison.Ordinal))];

    public static IEnumerable<string> Names =>
        Manifest.Where(entry => entry.Value.GetProperty("endpoint").GetString() == "POST /chat/completions").Select(entry => entry.Key).Order(StringComparer.Ordinal);

    public bool IsStream => Name.EndsWith(".sse", StringComparison.Ordinal);

    public SimulatedReply Reply => SimulatedReply.Raw(Status, Headers, Body);

    public static Sample Load(string name) => new(
        name,
        Manifest[name].GetProperty("status").GetInt32(),
        [.. Manifest[name].GetProperty("headers").EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!))],
        File.ReadAllBytes(Path.Combine(Folder, name)));
}
