namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>A column as it is in the database. One that fills itself may be left out of an INSERT: it has a default, is generated, or takes null.</summary>
internal sealed record FoundColumn(string Table, string Name, string Type, bool TakesNull, bool FillsItself);
