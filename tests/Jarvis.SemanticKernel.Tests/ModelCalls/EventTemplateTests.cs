using System.Diagnostics.CodeAnalysis;
using System.Text;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>An event that is recognized says what reading it would have said; what could say more is read.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed makes a finding repeatable.")]
public class EventTemplateTests
{
    private const string Content = """{"id":"gen-1","model":"m","provider":"P","choices":[{"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":null}],"usage":null}""";

    private const string Tool = """{"id":"gen-1","choices":[{"index":0,"delta":{"content":null,"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]}""";

    // Names with half a surrogate pair after a beginning that means something: valid JSON that is no text.
    private const string HalfAPair = """{"id":"gen-1","choic\ud83des":1,"choices":[{"err\ud83d":1,"d\ud83delta":1,"delta":{"content":"a"}}]}""";

    private static readonly string[] Words =
    [
        "{", "}", "[", "]", "\"", ":", ",", "\\", "\\n", "\\u0041", "\\x", "\n", "\0", "null", "\"error\":{\"code\":500},", "\"usage\":{\"cost\":1},", "\"error\"", "error", "\u00e9", "\ud83d\ude00",
        "\"choices\":[],", "\"id\":\"gen-2\",", "\"model\":\"n\",", "\"finish_reason\":\"error\",", "\"delta\":{", "    ",
    ];

    public static TheoryData<string, string> Alike => new()
    {
        { Content, Content },
        { Content, Content.Replace("\"a\"", "\"\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "\"a much longer text, with \\\"quotes\\\", \\\\, \\/, \\n and \\t\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "\"\u00e4 \u65e5\u672c \ud83d\ude00\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "\"}]}, 'error': 1\"", StringComparison.Ordinal) },
        { HalfAPair, HalfAPair.Replace("\"a\"", "\"b\"", StringComparison.Ordinal) },
        { Tool, Tool.Replace("{\\\"a\\\"", ": 12}", StringComparison.Ordinal) },
    };

    public static TheoryData<string, string> Different => new()
    {
        { Content, Content.Replace("gen-1", "gen-2", StringComparison.Ordinal) },
        { Content, Content.Replace("\"m\"", "\"n\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"P\"", "\"Q\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"finish_reason\":null", "\"finish_reason\":\"error\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"usage\":null", "\"usage\":{\"cost\":1}", StringComparison.Ordinal) },
        { Content, Content[..^1] },
        { Content, Content + "}" },
        { Content, Content + " " },
        { Content, Content[..Content.IndexOf("\"a\"", StringComparison.Ordinal)] },
        { Content, Content[..(Content.IndexOf("\"a\"", StringComparison.Ordinal) + 2)] },
        { Content, string.Empty },
        { Content, Content.Replace("\"a\"", "\"a\n\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "\"\\x\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "\"a\\\"", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "null", StringComparison.Ordinal) },
        { Content, Content.Replace("\"a\"", "\"a\",\"x\":1", StringComparison.Ordinal) },

        // What counts each time it is said is never left to a comparison.
        { Content.Replace("\"usage\":null", "\"usage\":{\"cost\":1}", StringComparison.Ordinal), Content.Replace("\"usage\":null", "\"usage\":{\"cost\":1}", StringComparison.Ordinal) },
        { Content.Replace("\"usage\":null", "\"error\":{\"code\":1}", StringComparison.Ordinal), Content.Replace("\"usage\":null", "\"error\":{\"code\":1}", StringComparison.Ordinal) },
        { Tool.Replace("\"index\":0,\"delta\"", "\"error\":{},\"delta\"", StringComparison.Ordinal), Tool.Replace("\"index\":0,\"delta\"", "\"error\":{},\"delta\"", StringComparison.Ordinal) },
        { "{}", "{}" },
        { """{"choices":[]}""", """{"choices":[]}""" },
        { """{"choices":[{"delta":{}}]}""", """{"choices":[{"delta":{}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Alike))]
    public void Event_WithOtherTexts_Matches(string learned, string next) => Assert.True(Matches(learned, next));

    [Theory]
    [MemberData(nameof(Different))]
    public void Event_ThatMaySayMore_DoesNotMatch(string learned, string next) => Assert.False(Matches(learned, next));

    [Fact]
    public void Stream_WhoseEventsAreNeverAlike_IsNotLearnedForEver()
    {
        var template = new EventTemplate();
        for (int i = 0; i < 16; i++)
        {
            byte[] json = Encoding.UTF8.GetBytes(Content.Replace("gen-1", $"gen-{i}", StringComparison.Ordinal));
            Assert.False(template.Matches(json));
            template.Learn(json);
            Assert.True(template.Matches(json));
        }

        template.Learn(Encoding.UTF8.GetBytes(Content));

        Assert.False(template.Matches(Encoding.UTF8.GetBytes(Content)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Event_Damaged_IsReadAsTheReaderReadsIt(int seed)
    {
        var random = new Random(seed);
        byte[][] events = [.. Events()];
        int matched = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] learned = events[random.Next(events.Length)];
            var template = new EventTemplate();
            var known = new AnswerFacts();
            Assert.True(AnswerReader.TryRead(learned, known));
            template.Learn(learned);
            byte[] next = Mutate(random.Next(3) == 0 ? events[random.Next(events.Length)] : learned, random);
            if (!template.Matches(next))
            {
                continue;
            }

            matched++;
            var read = new AnswerFacts();
            Assert.True(AnswerReader.TryRead(next, read), Encoding.UTF8.GetString(next));
            Assert.Equivalent(known, read, strict: true);
        }

        Assert.InRange(matched, 400, 9_600);
    }

    private static bool Matches(string learned, string next)
    {
        var template = new EventTemplate();
        template.Learn(Encoding.UTF8.GetBytes(learned));
        return template.Matches(Encoding.UTF8.GetBytes(next));
    }

    // The events of all recorded streams that can be read by themselves.
    private static IEnumerable<byte[]> Events() =>
        Sample.Names.Select(Sample.Load).Where(sample => sample.IsStream)
            .SelectMany(sample => Encoding.UTF8.GetString(sample.Body).Split('\n'))
            .Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => Encoding.UTF8.GetBytes(line["data: ".Length..].TrimEnd('\r')))
            .Where(json => AnswerReader.TryRead(json, new AnswerFacts()));

    private static byte[] Mutate(byte[] json, Random random)
    {
        List<byte> bytes = [.. json];
        int at = random.Next(bytes.Count);
        switch (random.Next(5))
        {
            case 0:
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                break;
        }

        return [.. bytes];
    }
}
