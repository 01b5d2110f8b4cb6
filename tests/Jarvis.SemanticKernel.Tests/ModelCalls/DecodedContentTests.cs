using System.Text;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

public sealed class DecodedContentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dispose_EndsTheDecoderAndWhatItReads()
    {
        PiecedStream network = new([Encoding.UTF8.GetBytes("encoded")]);
        PiecedStream decoder = new([Encoding.UTF8.GetBytes("decoded")]);
        DecodedContent content = new(new StreamContent(network), _ => decoder);
        Stream body = await content.ReadAsStreamAsync(Ct);

        content.Dispose();

        Assert.True(decoder.IsDisposed && network.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await body.ReadExactlyAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task ReadAsAWhole_EndsTheDecoder()
    {
        PiecedStream decoder = new([Encoding.UTF8.GetBytes("decoded")]);
        using DecodedContent content = new(new StringContent("encoded"), _ => decoder);

        Assert.Equal("decoded", await content.ReadAsStringAsync(Ct));

        Assert.True(decoder.IsDisposed);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("BR", true)]
    [InlineData("deflate", true)]
    [InlineData("zstd", false)]
    [InlineData("gzip, br", false)]
    public void Decode_OnlyWhatWasAskedForAndMayBeUnderstood(string encoding, bool isDecoded)
    {
        using HttpResponseMessage response = new() { Content = new StringContent("x") };
        response.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        AnswerEncoding.Decode(response);

        Assert.Equal(isDecoded, response.Content is DecodedContent);
        Assert.Equal(!isDecoded, response.Content.Headers.Contains("Content-Encoding"));
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
    }
}
