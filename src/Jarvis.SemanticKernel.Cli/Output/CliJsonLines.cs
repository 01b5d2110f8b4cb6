using System.Text.Json.Serialization;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>The documents that come one a line, as long as there are any.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallDocument))]
internal sealed partial class CliJsonLines : JsonSerializerContext;
