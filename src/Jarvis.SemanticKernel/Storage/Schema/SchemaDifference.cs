namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>Why a table of the right name is not the table we know.</summary>
internal sealed record SchemaDifference(string Table, string Column, string Expected, string Found)
{
    /// <summary>Compares by columns only: constraints and indexes have other names in every program that made them.</summary>
    public static IReadOnlyList<SchemaDifference> Between(DatabaseKind kind, IReadOnlyCollection<FoundColumn> found)
    {
        List<SchemaDifference> differences = [];
        foreach (IGrouping<string, FoundColumn> table in found.GroupBy(column => column.Table))
        {
            Dictionary<string, FoundColumn> columns = table.ToDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);
            foreach (SharedColumn expected in SharedColumn.All.Where(column => column.Table == table.Key))
            {
                string type = expected.TypeOn(kind);
                if (!columns.Remove(expected.Name, out FoundColumn? column))
                {
                    differences.Add(new(table.Key, expected.Name, type, "no such column"));
                }
                else if (!SameType(column.Type, type))
                {
                    differences.Add(new(table.Key, expected.Name, type, column.Type));
                }
                else if (expected.TakesNull && !column.TakesNull)
                {
                    differences.Add(new(table.Key, expected.Name, $"{type}, null allowed", $"{column.Type} NOT NULL"));
                }
                else if (expected.Name == "id" && !column.FillsItself)
                {
                    differences.Add(new(table.Key, expected.Name, $"{type} that numbers itself", $"{column.Type} without a default"));
                }
            }

            differences.AddRange(columns.Values
                .Where(column => !column.FillsItself)
                .Select(column => new SchemaDifference(table.Key, column.Name, "no such column, or one with a default", $"{column.Type} NOT NULL without a default")));
        }

        return differences;
    }

    public static JarvisDatabaseException Refusal(string database, IReadOnlyList<SchemaDifference> differences) => new(
        $"{database} holds tables with the names of ours and other columns; nothing was changed. {string.Join("; ", differences)}. "
        + "Name another database, or rename these tables.");

    public override string ToString() => $"table {Table}, column {Column}: expected {Expected}, found {Found}";

    // A type outside the search path is written with its schema.
    private static bool SameType(string found, string expected) =>
        string.Equals(found, expected, StringComparison.OrdinalIgnoreCase) || found.EndsWith($".{expected}", StringComparison.Ordinal);
}
