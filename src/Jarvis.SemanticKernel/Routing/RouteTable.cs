namespace Jarvis.SemanticKernel.Routing;

/// <summary>The route rules, the most telling first, so that the first one that fits is the one.</summary>
internal sealed class RouteTable(IEnumerable<KeyValuePair<string, string>> routes)
{
    private readonly RouteRule[] _rules = [.. routes.Select(route => new RouteRule(route.Key, route.Value)).Order()];

    public RouteRule? Find(string function)
    {
        foreach (RouteRule rule in _rules)
        {
            if (rule.Fits(function))
            {
                return rule;
            }
        }

        return null;
    }
}
