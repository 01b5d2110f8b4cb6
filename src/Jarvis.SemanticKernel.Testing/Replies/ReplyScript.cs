using System.Collections.Concurrent;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Decides which reply a chat completion gets. Thread-safe.</summary>
internal sealed class ReplyScript
{
    private readonly ConcurrentQueue<SimulatedReply> _queue = new();
    private volatile Func<SimulatedRequest, SimulatedReply?>? _onChat;
    private volatile SimulatedReply? _default;

    public Func<SimulatedRequest, SimulatedReply?>? OnChat
    {
        get => _onChat;
        set => _onChat = value;
    }

    public SimulatedReply? DefaultReply
    {
        get => _default;
        set => _default = value;
    }

    public void Enqueue(SimulatedReply reply) => _queue.Enqueue(reply);

    public SimulatedReply Next(SimulatedRequest request) =>
        OnChat?.Invoke(request) ?? (_queue.TryDequeue(out SimulatedReply? reply) ? reply : DefaultReply ?? Echo(request.Body));

    public void Reset()
    {
        _queue.Clear();
        OnChat = null;
        DefaultReply = null;
    }

    private static SimulatedReply Echo(JsonElement body)
    {
        JsonElement said = body.GetProperty("messages").EnumerateArray()
            .LastOrDefault(message => message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role", out JsonElement role) && role.ValueEquals("user"));
        return SimulatedReply.Text($"You said: {(said.ValueKind == JsonValueKind.Object ? TextOf(said) : string.Empty)}");
    }

    private static string TextOf(JsonElement message)
    {
        if (!message.TryGetProperty("content", out JsonElement content))
        {
            return string.Empty;
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray()
                .Where(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String)
                .Select(part => part.GetProperty("text").GetString())),
            _ => string.Empty,
        };
    }
}
