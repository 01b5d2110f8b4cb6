namespace Jarvis.SemanticKernel.Routing;

/// <summary>Marks a chat service or client whose calls pass the filters. Adapters and middleware around it hand it out as a service.</summary>
internal interface IGoverned;
