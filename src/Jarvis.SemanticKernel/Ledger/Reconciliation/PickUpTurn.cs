namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>
/// Whose turn it is to look for the calls that earlier processes left. A process may have any number of containers, one for each request perhaps, and one look an hour
/// is enough for all that share a database.
/// </summary>
/// <param name="database">What tells the database from others. Without a password: it outlives the container.</param>
internal sealed class PickUpTurn(string database)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, long> Taken = [];

    public bool TryTake()
    {
        lock (Gate)
        {
            if (Taken.TryGetValue(database, out long takenAt) && TimeProvider.System.GetElapsedTime(takenAt) < Every)
            {
                return false;
            }

            Taken[database] = TimeProvider.System.GetTimestamp();
            return true;
        }
    }

    public void GiveBack()
    {
        lock (Gate)
        {
            Taken.Remove(database);
        }
    }
}
