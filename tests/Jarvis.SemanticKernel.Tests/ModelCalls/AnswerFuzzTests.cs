using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.ModelCalls;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>
/// Damaged answers, the same ones at every run: 20,000 in the gate, a million with JARVIS_TEST_FULL=1. Each goes through the real handlers, in pieces of a random size. A
/// finding names its seed and number; <see cref="Mutation.Make"/> makes the same body from them.
/// </summary>
public sealed class AnswerFuzzTests(ITestOutputHelper output)
{
    private const int Seeds = 4;

    private static readonly int Mutations = FullForm.Of(1_000_000, 20_000) / Seeds;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int> AllSeeds => [.. Enumerable.Range(1, Seeds)];

    [Theory]
    [MemberData(nameof(AllSeeds))]
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever it is, it is a finding, and needs its seed and number.")]
    public async Task Answer_Damaged_IsRefusedOrPassedUnchanged(int seed)
    {
        int ended = 0;
        int streams = 0;
        for (int number = 0; number < Mutations; number++)
        {
            Mutation mutation = Mutation.Make(seed, number);
            try
            {
                bool isWhole = await RunAsync(mutation);
                ended += isWhole ? 1 : 0;
                streams += isWhole && mutation.IsStream ? 1 : 0;
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}, number {number}: {e}\nThe body: {Encoding.UTF8.GetString(mutation.Body)}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {Mutations} damaged answers, {ended} of them still whole, {streams} of these streams; none crashed a reader, none changed."));

        // Damage that always kills would show nothing about the answers that survive.
        Assert.InRange(ended, Mutations / 10, Mutations);
        Assert.InRange(streams, Mutations / 100, Mutations);
    }

    private static async Task<bool> RunAsync(Mutation mutation)
    {
        using var call = mutation.IsStream
            ? InMemoryCall.OfStream(new PiecedStream(PiecedStream.InPiecesOf(mutation.PieceSize, mutation.Body)))
            : InMemoryCall.OfBody(mutation.Body, status: mutation.Status);

        // Any exception but the mapped ones escapes from here.
        WireResult result = await call.RunAsync(Ct, mutation.ReadSize);

        AiCallRecord record = Assert.Single(result.Records);
        Assert.Equal(result.Failure is null, record.Status == AiCallStatus.Ok);
        Assert.True(result.Failure is null or ModelCallException, $"{result.Failure}");
        Assert.True(record.CostUsd is null or >= 0m && record.PromptTokens is null or >= 0);
        (AnswerFacts facts, bool isWhole) = mutation.IsStream ? PlainEventReader.Read(mutation.Body) : (new AnswerFacts(), result.Failure is null);
        Assert.Equal(isWhole, result.Failure is null);
        if (!isWhole)
        {
            Assert.True(!mutation.IsStream || mutation.Body.AsSpan().StartsWith(result.Delivered), "The reader got other bytes than the upstream sent.");
            return false;
        }

        Assert.True(mutation.Body.AsSpan().SequenceEqual(result.Delivered), "The reader got other bytes than the upstream sent.");
        if (mutation.IsStream)
        {
            // Whatever the pieces were, and however many events were recognized instead of read.
            Assert.Equal((facts.Model, facts.Provider, facts.ToUsage()), (record.Model, record.Provider, UsageOf(record, facts.HasUsage)));
        }

        return true;
    }

    private static ModelCallUsage? UsageOf(AiCallRecord record, bool hasUsage) =>
        hasUsage ? new ModelCallUsage(record.PromptTokens, record.CompletionTokens, record.CachedTokens, record.ReasoningTokens, record.CostUsd) : null;
}
