using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A recorded answer with some damage, and how it is sent and read.</summary>
internal sealed record Mutation(byte[] Body, int Status, bool IsStream, int PieceSize, int ReadSize)
{
    private static readonly Sample[] Samples = [.. Sample.Names.Select(Sample.Load)];
    private static readonly Sample[] Answers = [.. Samples.Where(sample => ExpectedCalls.Of(sample.Name).Status == AiCallStatus.Ok)];

    // The two recorded streams are two answers in twelve: as often as the others they would be looked at too little.
    private static readonly Sample[] Streams = [.. Answers.Where(sample => sample.IsStream)];

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", ":", ",", "\n", "\r", "\r\n", "\n\n", "data: ", "data:", "[DONE]", "null", "true", "-1", "1e400", "1e28", "99999999999", "\\ud83d", "\0", "\uFEFF", "event: x\n", "id:1\n",
            "\"error\":{\"code\":\"x\"},", "\"error\":7,", "\"usage\":{},", "\"cost\":\"\",", "\"is_byok\":true,", "\"choices\":[],", "\"finish_reason\":\"error\",", ": comment\n", "\"content\":\"\\\"\",",
        }.Select(Encoding.UTF8.GetBytes),
        [0xC3],
        [0xF0, 0x9F, 0x98],
    ];

    /// <summary>Makes one, always the same for the same two numbers.</summary>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed makes a finding repeatable.")]
    public static Mutation Make(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        Sample[] from = random.Next(4) switch { 0 => Samples, 1 => Answers, _ => Streams };
        Sample sample = from[random.Next(from.Length)];
        byte[] body = Damage(sample.Body, random);
        return new Mutation(body, sample.Status, sample.IsStream, random.Next(1, random.Next(2) == 0 ? 40 : 2000), random.Next(1, 5000));
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed makes a finding repeatable.")]
    private static byte[] Damage(byte[] body, Random random)
    {
        List<byte> bytes = [.. body];
        for (int times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(12))
            {
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 0 or 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2 or 3:
                    bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 400), bytes.Count - at)));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 6:
                    // As a text that another upstream wrote: every line end another one.
                    bytes = [.. Encoding.Latin1.GetBytes(Encoding.Latin1.GetString([.. bytes]).Replace("\n", random.Next(2) == 0 ? "\r\n" : "\r", StringComparison.Ordinal))];
                    break;
            }
        }

        return [.. bytes];
    }
}
