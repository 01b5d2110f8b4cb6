namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>Contenders that take turns, so that what the machine does meanwhile hits all of them alike. The first one is what the others are compared with.</summary>
internal sealed class Comparison(OtherProcesses others, params Contender[] contenders)
{
    private const int WarmUp = 10;

    private static readonly TimeSpan SliceLength = TimeSpan.FromMilliseconds(100);

    public IReadOnlyList<Contender> Contenders => contenders;

    public async Task<Comparison> RunAsync(int rounds)
    {
        for (int round = 0; round < rounds + WarmUp; round++)
        {
            // Another one begins each round: whoever follows a pause or a collection is not always the same.
            for (int turn = 0; turn < contenders.Length; turn++)
            {
                await contenders[(round + turn) % contenders.Length].RunSliceAsync(SliceLength, others, isCounted: round >= WarmUp).ConfigureAwait(false);
            }
        }

        return this;
    }

    /// <summary>Compares a figure of the slices of one contender with that of another one's slices of the same rounds.</summary>
    public static Spread Pairs(Contender one, Contender other, Func<Slice, Slice, double> figure) => Spread.Of(one.Slices.Zip(other.Slices, figure));
}
