using Jarvis.SemanticKernel.Testing;
using KillSwitchSample;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

if (args is not ([] or ["--demo"] or ["--database", _] or ["--demo", "--database", _]))
{
    Screen.Fault("Usage: KillSwitch [--demo] [--database FILE-OR-URL]");
    return 2;
}

// Where nobody can type into a second terminal, the program does so itself.
bool isPlayed = args.Contains("--demo") || Console.IsInputRedirected;
DirectoryInfo? folder = args.Contains("--database") ? null : Directory.CreateTempSubdirectory("jarvis-sample-");
string database = folder is null ? args[^1] : Path.Combine(folder.FullName, "agent.db");

await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync();
upstream.OnChat = ScriptedModel.Answer;

#region build
var services = new ServiceCollection();
services.AddJarvisRouting(options =>
{
    options.ApiKey = "no-key-needed";
    options.Endpoint = upstream.Endpoint;
    options.Database = database;
    options.KillSwitch.CacheDuration = TimeSpan.FromMilliseconds(200); // A SQLite file tells nobody that it changed, so it is looked at.
});
services.AddKernel().Plugins.AddFromType<Inbox>();
#endregion
await using ServiceProvider provider = services.BuildServiceProvider();

using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    ending.Cancel();
};

var terminal = new SecondTerminal(database);
Screen.Welcome(upstream.Endpoint, isPlayed);
terminal.Explain();
var agent = new Agent(provider.GetRequiredService<Kernel>());
Task working = agent.RunAsync(ending.Token);
bool isShown = true;
try
{
    if (isPlayed)
    {
        isShown = await terminal.PlayAsync(agent, upstream);
        await ending.CancelAsync();
    }

    await working;
}
catch (OperationCanceledException) when (ending.IsCancellationRequested)
{
    Screen.EndLine();
}
catch (KernelException e)
{
    Screen.Fault(e.Message);
    return 1;
}
finally
{
    folder?.Delete(recursive: true);
}

return isShown ? 0 : 1;
