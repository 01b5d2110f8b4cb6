using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>A column of a batch on its way: the parameter that holds its values, used again for every batch.</summary>
internal abstract class PostgresColumn
{
    public abstract NpgsqlParameter Parameter { get; }

    public static PostgresColumn Of<T>(NpgsqlDbType type, Func<StorableCall, T> value) => new Column<T>(type, value);

    public abstract void Fill(StorableCall[] calls);

    /// <summary>Lets go of the values.</summary>
    public abstract void Clear();

    private sealed class Column<T>(NpgsqlDbType type, Func<StorableCall, T> value) : PostgresColumn
    {
        private readonly List<T> _values = [];
        private readonly NpgsqlParameter<List<T>> _parameter = new() { NpgsqlDbType = NpgsqlDbType.Array | type };

        public override NpgsqlParameter Parameter => _parameter;

        public override void Fill(StorableCall[] calls)
        {
            _values.Clear();
            foreach (StorableCall call in calls)
            {
                _values.Add(value(call));
            }

            // The parameter measures its value when it is set.
            _parameter.TypedValue = _values;
        }

        public override void Clear() => _values.Clear();
    }
}
