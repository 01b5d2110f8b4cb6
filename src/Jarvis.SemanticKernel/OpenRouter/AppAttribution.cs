using System.Net.Http.Headers;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>The headers by which OpenRouter attributes calls to an application.</summary>
internal static class AppAttribution
{
    public static void AddTo(HttpRequestHeaders headers, JarvisRoutingOptions options)
    {
        if (options.AppUrl is { } url)
        {
            headers.Add("HTTP-Referer", url.AbsoluteUri);
        }

        if (!string.IsNullOrWhiteSpace(options.AppTitle))
        {
            headers.Add("X-OpenRouter-Title", options.AppTitle);
        }
    }
}
