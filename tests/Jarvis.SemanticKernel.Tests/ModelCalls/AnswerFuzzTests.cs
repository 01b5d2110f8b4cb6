using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Damaged answers, the same ones at every run.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed makes a finding repeatable.")]
public class AnswerFuzzTests
{
    private const int Mutations = 20_000;

    private static readonly string[] Words =
    [
        "{", "}", "[", "]", "\"", ":", ",", "\n", "\r", "\n\n", "data: ", "data:", "[DONE]", "null", "true", "-1", "1e400", "1e28", "99999999999", "\\ud83d", "\0", "\uFEFF",
        "\"error\":{\"code\":\"x\"},", "\"error\":7,", "\"usage\":{},", "\"cost\":\"\",", "\"is_byok\":true,", "\"choices\":[],", "\"finish_reason\":\"error\",", ": comment\n",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Answer_Damaged_IsRefusedOrPassedUnchanged(int seed)
    {
        var random = new Random(seed);
        Sample[] samples = [.. Sample.Names.Select(Sample.Load)];
        Sample[] answers = [.. samples.Where(sample => ExpectedCalls.Of(sample.Name).Status == AiCallStatus.Ok)];
        int ended = 0;
        for (int i = 0; i < Mutations / 4; i++)
        {
            Sample sample = random.Next(4) == 0 ? samples[random.Next(samples.Length)] : answers[random.Next(answers.Length)];
            byte[] body = Mutate(sample.Body, random);
            int piece = random.Next(1, 2000);
            using var call = sample.IsStream
                ? InMemoryCall.OfStream(new PiecedStream(PiecedStream.InPiecesOf(piece, body)))
                : InMemoryCall.OfBody(body, status: sample.Status);

            // Any exception but the mapped ones escapes from here.
            WireResult result = await call.RunAsync(Ct, random.Next(1, 5000));

            AiCallRecord record = Assert.Single(result.Records);
            Assert.Equal(result.Failure is null, record.Status == AiCallStatus.Ok);
            Assert.True(result.Failure is null or ModelCallException, $"{result.Failure}");
            Assert.True(record.CostUsd is null or >= 0m && record.PromptTokens is null or >= 0);
            if (result.Failure is null)
            {
                ended++;
                Assert.True(body.AsSpan().SequenceEqual(result.Delivered), $"Other bytes than those of: {Encoding.UTF8.GetString(body)}");
            }
            else if (sample.IsStream)
            {
                Assert.True(body.AsSpan().StartsWith(result.Delivered), $"Other bytes than those of: {Encoding.UTF8.GetString(body)}");
            }
        }

        // Damage that always kills would show nothing about the answers that survive.
        Assert.InRange(ended, Mutations / 4 / 10, Mutations / 4);
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        List<byte> bytes = [.. body];
        for (int times = random.Next(1, 3); times > 0 && bytes.Count > 0; times--)
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
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 400), bytes.Count - at)));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
