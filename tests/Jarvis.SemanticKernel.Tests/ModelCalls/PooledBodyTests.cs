using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

public sealed class PooledBodyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(16 * 1024, null)]
    [InlineData((16 * 1024) + 1, null)]
    [InlineData(3_000_000, null)]
    [InlineData(5000, 5000L)]
    [InlineData(5000, 1L)]
    [InlineData(10, 3_000_000_000L)]
    public async Task Read_WhateverLengthWasPromised_HoldsWhatCame(int length, long? promised)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        using var network = new StreamContent(new PiecedStream(PiecedStream.InPiecesOf(4000, sent)));
        network.Headers.ContentLength = promised;
        network.Headers.ContentType = new("application/json");

        using PooledBody body = await PooledBody.ReadAsync(network, Ct);

        Assert.Equal(sent, body.Bytes.ToArray());
        Assert.Equal("application/json", body.Headers.ContentType?.MediaType);
        Assert.Equal(length, body.Headers.ContentLength);
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy, Ct);
        Assert.Equal(sent, copy.ToArray());
    }

    [Fact]
    public async Task Stream_FromAnyPosition_CopiesTheRest()
    {
        using PooledBody body = await BodyAsync("0123456789");
        await using Stream stream = await body.ReadAsStreamAsync(Ct);
        Assert.False(stream.CanWrite);
        Assert.Equal('0', stream.ReadByte());
        using var rest = new MemoryStream();

        await stream.CopyToAsync(rest, Ct);

        Assert.Equal("123456789", Encoding.UTF8.GetString(rest.ToArray()));
        Assert.Equal(-1, stream.ReadByte());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Released_ByItsStreamOrItself_IsNotReadAnyMore(bool byStream)
    {
        PooledBody body = await BodyAsync("an answer");
        Stream stream = await body.ReadAsStreamAsync(Ct);

        await stream.CopyToAsync(Stream.Null, Ct);
        await (byStream ? stream.DisposeAsync() : DisposeAsync(body));
        body.Dispose();
        await stream.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => body.Bytes.Length);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.CopyToAsync(Stream.Null, Ct));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => body.CopyToAsync(Stream.Null, Ct));
    }

    [Fact]
    public async Task ManyAtOnce_EachReleasedTwice_NobodyReadsAnothers()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), Ct, async (number, token) =>
        {
            string text = new((char)('a' + (number % 26)), 100 + (number * 37 % 40_000));
            using PooledBody body = await BodyAsync(text);
            Stream stream = await body.ReadAsStreamAsync(token);
            await Task.Yield();
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, token);
            await stream.DisposeAsync();
            Assert.Equal(text, Encoding.UTF8.GetString(copy.ToArray()));
        });
    }

    [Fact]
    public async Task DisposedOfDuringTheCopy_TheMemoryIsNobodyElsesUntilItIsDone()
    {
        PooledBody body = await BodyAsync(new string('x', 5000));
        Stream stream = await body.ReadAsStreamAsync(Ct);
        await stream.CopyToAsync(Stream.Null, Ct);
        stream.Position = 0;
        await using var slow = new SlowStream();
        Task copying = stream.CopyToAsync(slow, Ct);
        byte[] memory = await slow.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        await stream.DisposeAsync();
        body.Dispose();

        Assert.DoesNotContain(Enumerable.Range(0, 50).Select(_ => ArrayPool<byte>.Shared.Rent(memory.Length)).ToArray(), rented => ReferenceEquals(rented, memory));
        slow.MayGoOn.SetResult();
        await copying;
        Assert.Throws<ObjectDisposedException>(() => body.Bytes.Length);
    }

    [Fact]
    public async Task Copied_TheMemoryIsUsedAgain()
    {
        PooledBody body = await BodyAsync(new string('x', 5000));
        await using var slow = new SlowStream();
        slow.MayGoOn.SetResult();
        await using (Stream stream = await body.ReadAsStreamAsync(Ct))
        {
            await stream.CopyToAsync(slow, Ct);
        }

        byte[] memory = await slow.Begun.Task;
        Assert.Contains(Enumerable.Range(0, 50).Select(_ => ArrayPool<byte>.Shared.Rent(memory.Length)).ToArray(), rented => ReferenceEquals(rented, memory));
    }

    [Fact]
    public async Task ReadPieceByPiece_TheMemoryIsLeftToTheCollector()
    {
        PooledBody body = await BodyAsync(new string('x', 5000));
        await using var slow = new SlowStream();
        slow.MayGoOn.SetResult();
        await using (Stream stream = await body.ReadAsStreamAsync(Ct))
        {
            Assert.Equal(7, await stream.ReadAsync(new byte[7], Ct));
            await stream.CopyToAsync(slow, Ct);
        }

        byte[] memory = await slow.Begun.Task;
        Assert.DoesNotContain(Enumerable.Range(0, 50).Select(_ => ArrayPool<byte>.Shared.Rent(memory.Length)).ToArray(), rented => ReferenceEquals(rented, memory));
    }

    [Fact]
    public async Task Read_ThatIsCancelled_Ends()
    {
        using var giveUp = new CancellationTokenSource();
        using var network = new StreamContent(new PiecedStream([new byte[] { 1, 2, 3 }], PiecedStream.SilenceAsync));
        ValueTask<PooledBody> reading = PooledBody.ReadAsync(network, giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }

    private static async Task<PooledBody> BodyAsync(string text)
    {
        using var network = new StringContent(text);
        return await PooledBody.ReadAsync(network, Ct);
    }

    private static ValueTask DisposeAsync(PooledBody body)
    {
        body.Dispose();
        return default;
    }

    /// <summary>Tells whose memory it is given, and takes its time.</summary>
    private sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource<byte[]> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayGoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Assert.True(MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment));
            Begun.TrySetResult(segment.Array!);
            await MayGoOn.Task.WaitAsync(cancellationToken);
        }
    }
}
