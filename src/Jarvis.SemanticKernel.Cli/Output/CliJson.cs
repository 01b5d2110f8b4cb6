using System.Text.Json.Serialization;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>The documents that programs read. Their fields stay; new ones may come.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(ChangeDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(AuditDocument))]
[JsonSerializable(typeof(MigrateDocument))]
[JsonSerializable(typeof(ScriptDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(ReconcileDocument))]
[JsonSerializable(typeof(CallsDocument))]
[JsonSerializable(typeof(RetryDocument))]
[JsonSerializable(typeof(TiersDocument))]
[JsonSerializable(typeof(CostsDocument))]
[JsonSerializable(typeof(PnlDocument))]
[JsonSerializable(typeof(CreditsDocument))]
[JsonSerializable(typeof(RecordDocument))]
[JsonSerializable(typeof(AssignDocument))]
[JsonSerializable(typeof(CostEntriesDocument))]
[JsonSerializable(typeof(RevenueEntriesDocument))]
internal sealed partial class CliJson : JsonSerializerContext;
