using Microsoft.AspNetCore.Http;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Says whether a request's key may do what it asks.</summary>
internal sealed class KeyCheck(string? apiKey, string? managementKey, bool isNeeded)
{
    private const string Scheme = "Bearer ";

    public SimulatedReply? RefuseChat(HttpRequest request) => IsManagement(request) ? SimulatedReply.ManagementKeyCannotChat() : RefuseRead(request);

    public SimulatedReply? RefuseManagement(HttpRequest request) =>
        RefuseRead(request) ?? (IsManagement(request) ? null : SimulatedReply.ManagementKeyNeeded());

    public SimulatedReply? RefuseRead(HttpRequest request)
    {
        string? key = KeyOf(request);
        return !isNeeded && string.IsNullOrEmpty(key) ? null
            : string.IsNullOrEmpty(key) ? SimulatedReply.MissingAuthentication()
            : apiKey is null || key == apiKey || key == managementKey ? null
            : SimulatedReply.UnknownKey();
    }

    public bool IsManagement(HttpRequest request) => managementKey is not null && KeyOf(request) == managementKey;

    private static string? KeyOf(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? header[Scheme.Length..].Trim() : null;
    }
}
