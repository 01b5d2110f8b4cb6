using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>A value of a call on its way: as the parameter of a statement for one call, and as that of a statement for many. Used again for every batch.</summary>
internal abstract class PostgresColumn
{
    public abstract NpgsqlParameter One { get; }

    public abstract NpgsqlParameter Many { get; }

    public static PostgresColumn Of<T>(NpgsqlDbType type, Func<StorableCall, T> value) => new Column<T>(type, value);

    public abstract void Fill(StorableCall[] calls);

    private sealed class Column<T>(NpgsqlDbType type, Func<StorableCall, T> value) : PostgresColumn
    {
        private readonly NpgsqlParameter<T> _one = new() { NpgsqlDbType = type };
        private readonly NpgsqlParameter<List<T>> _many = new() { NpgsqlDbType = NpgsqlDbType.Array | type };
        private readonly List<T> _values = [];

        public override NpgsqlParameter One => _one;

        public override NpgsqlParameter Many => _many;

        public override void Fill(StorableCall[] calls)
        {
            if (calls.Length == 1)
            {
                _one.TypedValue = value(calls[0]);
                return;
            }

            _values.Clear();
            foreach (StorableCall call in calls)
            {
                _values.Add(value(call));
            }

            // The parameter measures its value when it is set.
            _many.TypedValue = _values;
        }
    }
}
