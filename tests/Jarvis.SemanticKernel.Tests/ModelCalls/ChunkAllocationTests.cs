using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Threading.Tasks.Sources;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A chunk that passes costs no memory: what the reader does not allocate by itself, nobody allocates.</summary>
public class ChunkAllocationTests
{
    private const int WarmUp = 200;
    private const int Measured = 5000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, bool> Chunks => new(Kinds.Keys, [false, true]);

    // A text each, a text that the template leaves to the reader, other fields every time, a tool's arguments, a comment, and one event in two reads.
    private static Dictionary<string, Func<int, string>> Kinds { get; } = new()
    {
        ["text"] = i => Event($"\"delta\":{{\"content\":\"word {i}\"}}"),
        ["escaped text"] = i => Event($"\"delta\":{{\"content\":\"\\u20ac {i}\"}}"),
        ["other numbers"] = i => Event($"\"delta\":{{\"content\":\"a\"}},\"logprobs\":{i}"),
        ["tool arguments"] = i => Event($"\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":\"{{\\\"n\\\":{i}\"}}}}]}}"),
        ["usage every time"] = i => "data: {\"id\":\"gen-1\",\"model\":\"m\",\"provider\":\"P\",\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":" + i + ",\"cost\":0.25}}\n\n",
        ["comments"] = i => ": OPENROUTER PROCESSING\n\n",
        ["pieces"] = i => i % 2 == 0 ? Event("\"delta\":{\"content\":\"whole\"}")[..40] : Event("\"delta\":{\"content\":\"whole\"}")[40..],
    };

    [Theory]
    [MemberData(nameof(Chunks))]
    public async Task Chunk_ThatPasses_AllocatesNothing(string kind, bool waits)
    {
        long allocated = await MeasureAsync(Kinds[kind], waits);

        // Without optimization the compiler makes an object of every asynchronous method that runs: as many for bytes in which there is nothing to read.
        long expected = IsOptimized ? 0 : await MeasureAsync(_ => "\n", waits);
        Assert.True(allocated == expected, $"{allocated} bytes for {Measured} chunks instead of {expected}.");
    }

    private static bool IsOptimized => typeof(ModelCallStream).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    private static async Task<long> MeasureAsync(Func<int, string> chunk, bool waits)
    {
        using var upstream = new MeteredStream(Event("\"delta\":{\"role\":\"assistant\"}"), Enumerable.Range(0, WarmUp + Measured).Select(chunk), waits);
        using InMemoryCall call = InMemoryCall.OfStream(upstream);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream body = await response.Content.ReadAsStreamAsync(Ct);
        byte[] buffer = new byte[4096];
        Assert.NotEqual(0, await body.ReadAsync(buffer, Ct));
        CancellationToken token = Ct;
        long passed = Read(body, upstream, buffer, WarmUp, token);

        long before = GC.GetAllocatedBytesForCurrentThread();
        passed += Read(body, upstream, buffer, Measured, token);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(upstream.Length, passed);
        return allocated;
    }

    private static string Event(string choice) => $"data: {{\"id\":\"gen-1\",\"model\":\"m\",\"provider\":\"P\",\"choices\":[{{\"index\":0,{choice}}}]}}\n\n";

    // On this thread alone: a read that waits goes on where the upstream delivers.
    private static long Read(Stream body, MeteredStream upstream, byte[] buffer, int chunks, CancellationToken cancellationToken)
    {
        long passed = 0;
        for (int i = 0; i < chunks; i++)
        {
            ValueTask<int> read = body.ReadAsync(buffer, cancellationToken);
            upstream.Deliver();
            passed += read.IsCompleted ? read.Result : throw new InvalidOperationException("The read goes on elsewhere.");
        }

        return passed;
    }

    /// <summary>One chunk a read, without a byte of memory of its own; at once, or when it is told to.</summary>
    private sealed class MeteredStream(string head, IEnumerable<string> chunks, bool waits) : AsyncReadStream, IValueTaskSource<int>
    {
        private readonly byte[][] _chunks = [.. chunks.Prepend(head).Select(Encoding.UTF8.GetBytes)];
        private ManualResetValueTaskSourceCore<int> _source;
        private Memory<byte> _buffer;
        private bool _isWaiting;
        private int _next;

        public new long Length => _chunks.Skip(1).Sum(chunk => (long)chunk.Length);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!waits || _next == 0)
            {
                return new ValueTask<int>(Take(buffer));
            }

            (_buffer, _isWaiting) = (buffer, true);
            _source.Reset();
            return new ValueTask<int>(this, _source.Version);
        }

        public void Deliver()
        {
            if (_isWaiting)
            {
                _isWaiting = false;
                _source.SetResult(Take(_buffer));
            }
        }

        public int GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

        private int Take(Memory<byte> buffer)
        {
            byte[] chunk = _chunks[_next++];
            chunk.CopyTo(buffer);
            return chunk.Length;
        }
    }
}
