using System.Globalization;
using System.IO.Compression;
using System.Text;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>An answer that is allowed and that nobody expects, and what its record has to say. Without a cost that is a number of zero or more, the cost is unknown.</summary>
/// <param name="Body">The body, by pieces that a stream sends one after the other.</param>
/// <param name="IsStream">Whether it is one.</param>
/// <param name="Prompt">The tokens of the prompt.</param>
/// <param name="Completion">The tokens of the answer.</param>
/// <param name="CostUsd">The exact cost as the invariant culture writes it, or null.</param>
internal sealed record UnusualBody(IReadOnlyList<string> Body, bool IsStream, int? Prompt = null, int? Completion = null, string? CostUsd = null)
{
    public const string Id = "gen-1786900101-unusual";

    private const string Head = "\"id\":\"" + Id + "\",\"created\":1786900101,\"model\":\"anthropic/claude-sonnet-4.5\",\"provider\":\"Anthropic\"";
    private const string Known = """{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":0.0123456789012345678}""";
    private const string KnownCost = "0.0123456789012345678";

    // Escapes, and characters of one to four bytes.
    private const string Line = "Invoice 20417 \\u20ac \\\"due\\\" \\n \\ud83d\\ude00 \u00e9\u20ac\U0001F600 ";

    public static IReadOnlyDictionary<string, UnusualBody> All { get; } = new Dictionary<string, UnusualBody>
    {
        ["10 MB"] = new([Answer(Known, LineOf(10_000_000))], false, 12, 7, KnownCost),
        ["usage before the choices"] = new(["{" + Head + ",\"usage\":" + Known + "," + Choices("said") + "}"], false, 12, 7, KnownCost),
        ["numbers as strings"] = Plain("\"12\"", "\"7\"", ",\"cost\":\"0.25\"", 12, 7, "0.25"),
        ["exponents"] = Plain("1.2e1", "7", ",\"cost\":4.14e-05", 12, 7, "0.0000414"),
        ["a large exponent"] = Plain("12", "7", ",\"cost\":1e400", 12, 7, null),
        ["digits to the 24th place"] = Plain("12", "7", ",\"cost\":1.23456789012345e-10", 12, 7, "0.000000000123456789012345"),
        ["cost null"] = Plain("12", "7", ",\"cost\":null", 12, 7, null),
        ["cost absent"] = Plain("12", "7", "", 12, 7, null),
        ["cost negative"] = Plain("12", "7", ",\"cost\":-0.25", 12, 7, null),
        ["cost negative as a string"] = Plain("12", "7", ",\"cost\":\"-0.25\"", 12, 7, null),
        ["cost negative, upstream's cost larger"] = Plain("12", "7", ",\"cost\":-0.25,\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":0.5}", 12, 7, null),
        ["cost zero with a sign"] = Plain("12", "7", ",\"cost\":-0", 12, 7, "0"),
        ["usage null"] = new([Answer("null", "said")], false),
        ["usage absent"] = new(["{" + Head + "," + Choices("said") + "}"], false),

        ["1 MB line"] = Stream(12, 7, KnownCost, Delta("a"), Delta(LineOf(1_000_000)), Delta("b"), Usage(Known)),
        ["1 MB line at first"] = Stream(12, 7, KnownCost, Delta(LineOf(1_000_000)), Delta("b"), Usage(Known)),
        ["1 MB comment"] = Stream(12, 7, KnownCost, Delta("a"), ": " + new string('x', 1_000_000) + "\n\n", Delta("b"), Usage(Known)),
        ["usage before the last content"] = Stream(12, 7, KnownCost, Delta("a"), Usage(Known), Delta("b"), Delta("c")),
        ["usage at first"] = Stream(12, 7, KnownCost, Usage(Known), Delta("a"), Delta("b")),
        ["two usage chunks"] = Stream(12, 7, KnownCost, Delta("a"), Usage("""{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"cost":0.007}"""), Delta("b"), Usage(Known)),
        ["two usage chunks, the last without cost"] = Stream(12, 7, KnownCost, Delta("a"), Usage(Known), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":null}""")),
        ["two usage chunks, the last negative"] = Stream(12, 7, KnownCost, Delta("a"), Usage(Known), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":-1}""")),
        ["the same usage chunk twice"] = Stream(12, 7, KnownCost, Delta("a"), Usage(Known), Usage(Known)),
        ["usage in every chunk"] = Stream(
            12, 7, KnownCost, Delta("a", """{"prompt_tokens":12,"completion_tokens":1,"total_tokens":13,"cost":0.001}"""), Delta("b", """{"prompt_tokens":12,"completion_tokens":2,"total_tokens":14,"cost":0.002}"""), Delta("c", Known)),
        ["streamed exponents"] = Stream(12, 7, "0.000000004", Delta("a"), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":4E-9}""")),
        ["streamed cost as a string"] = Stream(12, 7, "0.25", Delta("a"), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":"2.5e-1"}""")),
        ["streamed cost null"] = Stream(12, 7, null, Delta("a"), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":null}""")),
        ["streamed cost absent"] = Stream(12, 7, null, Delta("a"), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19}""")),
        ["streamed cost negative"] = Stream(12, 7, null, Delta("a"), Usage("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":-0.25}""")),
        ["streamed without usage"] = Stream(null, null, null, Delta("a"), Delta("b")),
    };

    public decimal? Cost => CostUsd is null ? null : decimal.Parse(CostUsd, CultureInfo.InvariantCulture);

    /// <summary>The answer, in the encoding that is named.</summary>
    public SimulatedReply Reply(string? encoding)
    {
        List<KeyValuePair<string, string>> headers = [new("content-type", IsStream ? "text/event-stream" : "application/json")];
        if (encoding is not null)
        {
            headers.Add(new("content-encoding", encoding));
        }

        using var bytes = new MemoryStream();
        using (Stream encoder = Encoder(encoding, bytes))
        {
            foreach (string piece in Body)
            {
                encoder.Write(Encoding.UTF8.GetBytes(piece));
                encoder.Flush();
            }
        }

        SimulatedReply reply = SimulatedReply.Raw(200, headers, bytes.ToArray());
        return IsStream ? reply.InPiecesOf(5000) : reply;
    }

    private static Stream Encoder(string? encoding, Stream to) => encoding switch
    {
        null => new BufferedStream(to, 1),
        "gzip" => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "No such encoding."),
    };

    private static UnusualBody Plain(string prompt, string completion, string more, int? promptTokens, int? completionTokens, string? costUsd) =>
        new([Answer("{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + completion + ",\"total_tokens\":19" + more + "}", "said")], false, promptTokens, completionTokens, costUsd);

    private static UnusualBody Stream(int? prompt, int? completion, string? costUsd, params string[] events) =>
        new([": OPENROUTER PROCESSING\n\n", .. events, Event("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]"), "data: [DONE]\n\n"], true, prompt, completion, costUsd);

    private static string Answer(string usage, string content) => "{" + Head + ",\"object\":\"chat.completion\"," + Choices(content) + ",\"usage\":" + usage + "}";

    private static string Choices(string content) => "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + content + "\"},\"finish_reason\":\"stop\"}]";

    private static string Delta(string content, string? usage = null) => Event(
        "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"" + content + "\"},\"finish_reason\":null}]" + (usage is null ? "" : ",\"usage\":" + usage));

    private static string Usage(string usage) => Event("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":" + usage);

    private static string Event(string rest) => "data: {" + Head + ",\"object\":\"chat.completion.chunk\"," + rest + "}\n\n";

    private static string LineOf(int bytes) => string.Concat(Enumerable.Repeat(Line, (bytes / Encoding.UTF8.GetByteCount(Line)) + 1));
}
