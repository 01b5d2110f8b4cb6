using Jarvis.SemanticKernel.Cli;

return await JarvisCommandLine.RunAsync(args);
