using Microsoft.AspNetCore.Http;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Sends a request to the endpoint of its path.</summary>
internal sealed class ApiRouter(ChatEndpoint chat, AccountEndpoint account)
{
    public const string BasePath = "/api/v1";

    public Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value ?? string.Empty;
        if (!path.StartsWith(BasePath, StringComparison.Ordinal))
        {
            return account.HandleAsync(context, string.Empty);
        }

        string endpoint = path[BasePath.Length..];
        return endpoint == "/chat/completions" && HttpMethods.IsPost(request.Method) ? chat.HandleAsync(context) : account.HandleAsync(context, endpoint);
    }
}
