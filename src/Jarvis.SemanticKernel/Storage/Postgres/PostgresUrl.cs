using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>A libpq-style URL as an Npgsql connection string.</summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    // Other drivers' and poolers' own parameters: harmless in a URL that is shared with other programs.
    private static readonly HashSet<string> OfOthers = new(
        ["pgbouncer", "connection_limit", "pool_timeout", "statement_cache_size", "uselibpqcompat", "sslaccept", "socket_timeout"], StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string> NpgsqlNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslnegotiation"] = "SSL Negotiation",
        ["channel_binding"] = "Channel Binding",
        ["gssencmode"] = "GSS Encryption Mode",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["client_encoding"] = "Client Encoding",
        ["target_session_attrs"] = "Target Session Attributes",
        ["options"] = "Options",
        ["schema"] = "Search Path",
        ["search_path"] = "Search Path",
        ["user"] = "Username",
        ["dbname"] = "Database",
    };

    public static bool IsPostgresUrl(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    public static bool TryConvert(string url, [NotNullWhen(true)] out string? connectionString, [NotNullWhen(false)] out string? fault)
    {
        connectionString = null;
        string rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        int queryAt = rest.IndexOf('?', StringComparison.Ordinal);
        string query = queryAt < 0 ? "" : rest[(queryAt + 1)..];
        rest = queryAt < 0 ? rest : rest[..queryAt];
        int pathAt = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = pathAt < 0 ? rest : rest[..pathAt];
        string database = pathAt < 0 ? "" : Uri.UnescapeDataString(rest[(pathAt + 1)..]);
        int userEnd = authority.LastIndexOf('@');
        string[] user = userEnd < 0 ? [] : authority[..userEnd].Split(':', 2);

        NpgsqlConnectionStringBuilder builder = [];
        fault = ReadHost(authority[(userEnd + 1)..], builder);
        if (fault is not null)
        {
            return false;
        }

        if (user.Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        if (database.Length > 0)
        {
            builder.Database = database;
        }

        fault = ReadQuery(query, builder);
        if (fault is null && string.IsNullOrWhiteSpace(builder.Host))
        {
            fault = "names no host.";
        }

        connectionString = fault is null ? builder.ConnectionString : null;
        return fault is null;
    }

    private static string? ReadHost(string host, NpgsqlConnectionStringBuilder builder)
    {
        // Several hosts and their ports are written alike on both sides.
        int portAt = host.Contains(',', StringComparison.Ordinal) ? -1 : host.IndexOf(':', host.LastIndexOf(']') + 1);
        if (portAt >= 0)
        {
            if (!int.TryParse(host.AsSpan(portAt + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
            {
                return "has a port that is no number from 1 to 65535. Special characters in a user name or password must be percent-encoded.";
            }

            builder.Port = port;
            host = host[..portAt];
        }

        host = Uri.UnescapeDataString(host.Trim('[', ']'));
        if (host.Length > 0)
        {
            builder.Host = host;
        }

        return null;
    }

    private static string? ReadQuery(string query, NpgsqlConnectionStringBuilder builder)
    {
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            string name = Uri.UnescapeDataString(parts[0]);
            string value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1].Replace('+', ' ')) : "";
            if (OfOthers.Contains(name))
            {
                continue;
            }

            try
            {
                builder[NpgsqlNames.GetValueOrDefault(name, name)] = name.ToUpperInvariant() switch
                {
                    // node-postgres's word for encrypted but unverified.
                    "SSLMODE" when value == "no-verify" => "Require",
                    "SSLMODE" or "CHANNEL_BINDING" or "GSSENCMODE" or "SSLNEGOTIATION" => value.Replace("-", "", StringComparison.Ordinal),
                    _ => value,
                };
            }
            catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
            {
                return "has a query parameter that the driver does not know, or with a value it does not allow. "
                    + "Special characters in a user name or password must be percent-encoded.";
            }
        }

        return null;
    }
}
