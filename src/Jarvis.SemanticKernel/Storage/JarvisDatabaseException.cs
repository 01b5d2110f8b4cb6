using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>The database cannot be used as it is.</summary>
public sealed class JarvisDatabaseException : KernelException
{
    /// <summary>Initializes a new instance of the <see cref="JarvisDatabaseException"/> class.</summary>
    /// <param name="message">Which database, what is wrong, what to do. Never a password.</param>
    /// <param name="innerException">The driver's exception.</param>
    public JarvisDatabaseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
