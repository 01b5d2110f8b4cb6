namespace Jarvis.SemanticKernel.Routing;

/// <summary>A physical call whose record is written after its response was handed over.</summary>
internal interface ITrackedCall
{
    /// <summary>Gets the task that ends when the call is over and recorded.</summary>
    Task Recorded { get; }

    /// <summary>Ends the call if its body has not ended: nobody will read it any more.</summary>
    void Abandon();
}
