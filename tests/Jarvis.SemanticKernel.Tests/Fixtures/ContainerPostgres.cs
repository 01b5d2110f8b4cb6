using System.ComponentModel;
using System.Diagnostics;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A server in a container that removes itself.</summary>
internal sealed class ContainerPostgres : IRunningPostgres
{
    private readonly string _container;

    private ContainerPostgres(string container, string address)
    {
        _container = container;
        int colon = address.LastIndexOf(':');
        ConnectionString = $"Host={address[..colon]};Port={address[(colon + 1)..]};Username=postgres;Database=postgres";
    }

    public string ConnectionString { get; }

    public static async Task<ContainerPostgres?> TryStartAsync()
    {
        if (await DockerAsync("info") is null
            || await DockerAsync("run", "-d", "--rm", "-e", "POSTGRES_HOST_AUTH_METHOD=trust", "-p", "127.0.0.1::5432", "postgres:17-alpine") is not { } container)
        {
            return null;
        }

        string? address = await DockerAsync("port", container, "5432/tcp");
        ContainerPostgres server = new(container, address!.Split('\n')[0]);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await using NpgsqlConnection connection = new(server.ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                return server;
            }
            catch (NpgsqlException) when (attempt < 120)
            {
                // The image restarts its server once while it sets itself up.
                await Task.Delay(TimeSpan.FromMilliseconds(500));
            }
        }
    }

    public async ValueTask DisposeAsync() => await DockerAsync("rm", "-f", _container);

    private static async Task<string?> DockerAsync(params string[] arguments)
    {
        try
        {
            using Process docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = await docker.StandardOutput.ReadToEndAsync();
            await docker.WaitForExitAsync();
            return docker.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
