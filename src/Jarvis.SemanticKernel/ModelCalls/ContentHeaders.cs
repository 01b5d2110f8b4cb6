using System.Net.Http.Headers;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Copies the headers of a body as they are, for a body that stands in for it. How long it is that one says by itself.</summary>
internal static class ContentHeaders
{
    public static void Copy(HttpContentHeaders from, HttpContentHeaders to)
    {
        foreach ((string name, HeaderStringValues values) in from.NonValidated)
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (values.Count == 1)
            {
                to.TryAddWithoutValidation(name, values.ToString());
            }
            else
            {
                to.TryAddWithoutValidation(name, (IEnumerable<string>)values);
            }
        }
    }
}
