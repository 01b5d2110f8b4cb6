using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The JSON in <c>agent_state</c>, shared with other programs that read and write it. What is not certainly open is not open.</summary>
internal static class KillSwitchValue
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static string Active(string reason, DateTimeOffset at, KillSwitchInFlight? inFlight = null) => Write(isActive: true, reason, "activatedAt", at, Word(inFlight));

    public static string Inactive(string reason, DateTimeOffset at) => Write(isActive: false, reason, "deactivatedAt", at, inFlight: null);

    /// <summary>Reads the state; one that cannot be told is active, with a fault for people.</summary>
    public static KillSwitchState Read(KillSwitchRow row, KillSwitchScope scope)
    {
        if (row.Value is null)
        {
            return row.NewestAuditAction != "activate" ? new KillSwitchState { Scope = scope, IsActive = false }
                : Untold(scope, $"the row '{row.Key}' of agent_state is gone, but the newest entry of kill_switch_audit about it is an activation.");
        }

        try
        {
            using var document = JsonDocument.Parse(row.Value, Strict);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("active"u8, out JsonElement active)
                && active.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                bool isActive = active.ValueKind == JsonValueKind.True;
                return new KillSwitchState
                {
                    Scope = scope,
                    IsActive = isActive,
                    Reason = Text(root, "reason"),
                    Since = Instant(root, isActive ? "activatedAt" : "deactivatedAt"),
                    InFlight = isActive ? InFlight(root) : null,
                };
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // No JSON, or half a surrogate pair in it. Said below: whatever it is, it is not a state.
        }

        return Untold(scope, $"the row '{row.Key}' of agent_state holds no state. Accepted is an object with \"active\": true or false.");
    }

    private static KillSwitchState Untold(KillSwitchScope scope, string fault) => new() { Scope = scope, IsActive = true, Fault = fault };

    private static string Write(bool isActive, string reason, string timeName, DateTimeOffset at, string? inFlight)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("active", isActive);
            writer.WriteString("reason", reason);
            writer.WriteString(timeName, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            if (inFlight is not null)
            {
                writer.WriteString("inFlight", inFlight);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? Word(KillSwitchInFlight? inFlight) => inFlight switch
    {
        KillSwitchInFlight.Cancel => "cancel",
        KillSwitchInFlight.Finish => "finish",
        _ => null,
    };

    // People write it by hand too. Another word says nothing.
    private static KillSwitchInFlight? InFlight(JsonElement root) => Text(root, "inFlight")?.ToUpperInvariant() switch
    {
        "CANCEL" => KillSwitchInFlight.Cancel,
        "FINISH" => KillSwitchInFlight.Finish,
        _ => null,
    };

    private static string? Text(JsonElement root, string name)
    {
        try
        {
            return root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is JSON and no text. It must not hide the state.
            return null;
        }
    }

    private static DateTimeOffset? Instant(JsonElement root, string name) =>
        DateTimeOffset.TryParse(Text(root, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
            ? at
            : null;
}
