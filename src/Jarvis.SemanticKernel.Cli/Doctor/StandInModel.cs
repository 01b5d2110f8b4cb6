using System.Net;
using System.Text;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>Answers in the place of the connection to the upstream, and counts what reached it.</summary>
internal sealed class StandInModel : HttpMessageHandler
{
    private const string Answer =
        """
        {"id":"gen-doctor","object":"chat.completion","created":0,"model":"stand-in","choices":[{"index":0,"finish_reason":"stop",
        "message":{"role":"assistant","content":"Hello"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"cost":0}}
        """;

    private int _requests;

    public int Requests => Volatile.Read(ref _requests);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Answer, Encoding.UTF8, "application/json"), RequestMessage = request });
    }
}
