using System.Security.Cryptography;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>A reply made concrete for one request: ids given, defaults filled in, usage counted.</summary>
internal sealed class ChatAnswer
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public ChatAnswer(SimulatedReply reply, string model, AnswerUsage? usage, DateTimeOffset now)
    {
        Reply = reply;
        Model = model;
        Usage = usage;
        Created = now.ToUnixTimeSeconds();
        Id = $"gen-{Created}-{RandomNumberGenerator.GetString(Letters, 20)}";
        Provider = reply.Provider ?? ProviderOf(model);
        Tools = [.. reply.Tools.Select(call => call.Id is null ? call with { Id = $"toolu_01{RandomNumberGenerator.GetString(Letters, 22)}" } : call)];
        (FinishReason, NativeFinishReason) = Reasons(reply, model);
    }

    public SimulatedReply Reply { get; }

    public string Id { get; }

    public long Created { get; }

    public string Model { get; }

    public string Provider { get; }

    public string FinishReason { get; }

    public string? NativeFinishReason { get; }

    public IReadOnlyList<SimulatedToolCall> Tools { get; }

    /// <summary>What the call costs; null when it is an error that bills nothing.</summary>
    public AnswerUsage? Usage { get; }

    public AnswerUsage? ShownUsage => Reply.ShowsUsage ? Usage : null;

    public static string AuthorOf(string model) => model.Split('/', 2)[0];

    public static string ProviderOf(string model) => AuthorOf(model) switch
    {
        "anthropic" => "Anthropic",
        "x-ai" => "xAI",
        "openai" => "OpenAI",
        "google" => "Google",
        "mistralai" => "Mistral",
        "deepseek" => "DeepSeek",
        var author => author,
    };

    private static (string Normalised, string? Native) Reasons(SimulatedReply reply, string model)
    {
        if (reply.FailedWith is not null)
        {
            return ("error", null);
        }

        bool calls = reply.Tools.Length > 0;
        string normalised = reply.FinishReason ?? (calls ? "tool_calls" : "stop");
        string native = AuthorOf(model) == "anthropic" ? calls ? "tool_use" : "end_turn" : normalised;
        return (normalised, reply.NativeFinishReason ?? native);
    }
}
