using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>The local journal cannot be written, so no model call leaves: nobody would know of it if the process were killed.</summary>
public sealed class JournalUnavailableException : KernelException
{
    /// <summary>Initializes a new instance of the <see cref="JournalUnavailableException"/> class.</summary>
    /// <param name="folder">The folder of the journal.</param>
    /// <param name="innerException">Why it cannot be written.</param>
    public JournalUnavailableException(string folder, Exception? innerException)
        : base(
            $"The folder of the ledger's journal, {folder}, cannot be used: {innerException?.Message ?? "it was closed"} Nothing is sent. Set Ledger.JournalFolder to a folder on a local disk "
            + "that this process may write, or Ledger.UseJournal to false and lose what is under way when the process or the database fails.",
            innerException)
    {
    }
}
