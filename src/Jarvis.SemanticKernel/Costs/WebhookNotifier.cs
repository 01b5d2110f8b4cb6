using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Costs;

/// <summary>Posts notices to the webhooks of the options: "text" for Slack, "content" for Discord, both for others.</summary>
internal sealed class WebhookNotifier(IHttpClientFactory clients, IOptions<JarvisRoutingOptions> options) : IOperatorNotifier
{
    /// <summary>The name under which <c>IHttpClientFactory</c> configuration reaches these requests.</summary>
    public const string ClientName = "jarvis webhooks";

    public Task NotifyAsync(CreditNotice notice, CancellationToken cancellationToken) =>
        Task.WhenAll(options.Value.Credits.Webhooks.Select(webhook => PostAsync(webhook, notice, cancellationToken)));

    private static string Body(Uri webhook, string text)
    {
        bool isSlack = webhook.Host == "hooks.slack.com" || webhook.AbsolutePath.EndsWith("/slack", StringComparison.Ordinal);
        bool isDiscord = !isSlack && (webhook.Host.EndsWith("discord.com", StringComparison.Ordinal) || webhook.Host.EndsWith("discordapp.com", StringComparison.Ordinal));
        JsonObject body = [];
        if (!isDiscord)
        {
            body["text"] = text;
        }

        if (!isSlack)
        {
            body["content"] = text;
        }

        return body.ToJsonString();
    }

    private async Task PostAsync(Uri webhook, CreditNotice notice, CancellationToken cancellationToken)
    {
        using HttpClient client = clients.CreateClient(ClientName);
        using StringContent body = new(Body(webhook, $"Jarvis: {notice.Text}"), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(webhook, body, cancellationToken).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
    }
}
