using System.Text;
using System.Text.Json.Nodes;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Marked texts in all the places of an answer whose content is nobody's business but the caller's.</summary>
internal static class Canaries
{
    /// <summary>In what may reach nobody but the caller: prompts, answers, and everything of an error that is not on the allow-list.</summary>
    public const string Secret = "CANARY-secret-8d1f";

    /// <summary>In error messages: exceptions may carry them, logs and records may not.</summary>
    public const string Message = "CANARY-message-27aa";

    private static readonly string[] AllowListed = ["id", "model", "provider", "object", "role", "type", "finish_reason", "error_type", "limit_source", "provider_name", "name"];

    /// <summary>The sample with every other text marked, and with the members that are known to quote prompts added.</summary>
    public static SimulatedReply Plant(Sample sample)
    {
        string body = Encoding.UTF8.GetString(sample.Body);
        string planted = sample.IsStream
            ? string.Join('\n', body.Split('\n').Select(line => line.StartsWith("data: {", StringComparison.Ordinal) ? "data: " + PlantJson(line["data: ".Length..]) : line))
            : PlantJson(body);
        return SimulatedReply.Raw(sample.Status, [.. sample.Headers, new("x-echo", Secret), new("location", Secret)], Encoding.UTF8.GetBytes(planted));
    }

    private static string PlantJson(string json)
    {
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        Mark(root, isAvailability: false);
        root["user_id"] = Secret;
        root["debug"] = Secret;
        if (root["error"] is JsonObject error)
        {
            error["param"] = Secret;
            var metadata = (JsonObject)(error["metadata"] ??= new JsonObject());
            metadata["flagged_input"] = Secret;
            metadata["patterns"] = new JsonArray(Secret);
            metadata["raw"] = new JsonObject { ["message"] = Secret, ["error"] = new JsonObject { ["code"] = Secret } };
            metadata["headers"] = new JsonObject { ["X-Secret"] = Secret };
            metadata["previous_errors"] = new JsonArray(new JsonObject { ["message"] = Secret });
        }

        return root.ToJsonString();
    }

    private static void Mark(JsonNode node, bool isAvailability)
    {
        if (node is JsonArray array)
        {
            for (int i = 0; i < array.Count; i++)
            {
                if (array[i] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.String)
                {
                    array[i] = Secret;
                }
                else if (array[i] is { } item)
                {
                    Mark(item, isAvailability);
                }
            }

            return;
        }

        foreach ((string name, JsonNode? value) in node is JsonObject members ? members.ToList() : [])
        {
            if (value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String)
            {
                if (!AllowListed.Contains(name) && !(isAvailability && name == "code"))
                {
                    node[name] = name == "message" ? Message : name == "arguments" ? $"{{\"secret\":\"{Secret}\"}}" : Secret;
                }
            }
            else if (value is not null)
            {
                Mark(value, name == "availability");
            }
        }
    }
}
