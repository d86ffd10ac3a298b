using System.Globalization;
using Crowsnest.Configuration;
using Crowsnest.Core.Search;

namespace Crowsnest.Commands;

/// <summary>A command as it was called.</summary>
internal sealed class Invocation(CommandHost host, CommandSpec command, IReadOnlyDictionary<string, string> options, IReadOnlyList<string> arguments)
{
    /// <summary>The world outside.</summary>
    public CommandHost Host { get; } = host;

    /// <summary>The command.</summary>
    public CommandSpec Command { get; } = command;

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Arguments { get; } = arguments;

    /// <summary>An option's value, or <see langword="null"/> when it was not given.</summary>
    public string? Option(string name) => options.GetValueOrDefault(name);

    /// <summary>Whether a switch was given.</summary>
    public bool Has(string name) => options.ContainsKey(name);

    /// <summary>A whole number within bounds.</summary>
    public int Number(string name, int otherwise, int least, int most)
    {
        if (Option(name) is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name}: '{text}' is not a whole number from {least} to {most}");
    }

    /// <summary>A moment: ISO 8601, a date, <c>now</c> or <c>now-15m</c>.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (Option(name) is not { } text) return null;
        if (QueryTime.TryParse(text, Host.Time.GetUtcNow(), out var moment, out _)) return moment;
        throw new UsageException($"{name}: '{text}' is not a time; write 2026-03-02T08:00:00Z, 2026-03-02, now or now-15m");
    }

    /// <summary>A moment that does not lie ahead.</summary>
    public DateTimeOffset? PastMoment(string name) =>
        Moment(name) is { } moment ? moment <= Host.Time.GetUtcNow() ? moment : throw new UsageException($"{name} lies ahead; how it will be nobody knows") : null;

    /// <summary>The configuration that is in force.</summary>
    public async Task<CrowsnestConfig> LoadConfigAsync(CancellationToken cancellationToken)
    {
        var config = await ConfigFile.LoadAsync(Option("--config"), Host.Environment, Host.Time, cancellationToken);
        return Option("--store") is { } store ? config with { Store = StoreOf(store, config.Store) } : config;
    }

    /// <summary>The data folder.</summary>
    public string DataFolder => Path.GetFullPath(Option("--data") ?? NonEmpty(Host.Environment("CROWSNEST_DATA")) ?? "crowsnest-data");

    /// <summary>The server that was named, or <see langword="null"/>.</summary>
    public Uri? Server
    {
        get
        {
            if ((Option("--server") ?? NonEmpty(Host.Environment("CROWSNEST_SERVER"))) is not { } text) return null;
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? url
                : throw new UsageException($"--server: '{text}' is not an address of the form http://127.0.0.1:8723");
        }
    }

    /// <summary>The token for the server, or <see langword="null"/>.</summary>
    public string? ReadToken()
    {
        if (Option("--token-file") is not { } file) return NonEmpty(Host.Environment("CROWSNEST_TOKEN"));
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file: {failure.Message}", failure);
        }
    }

    /// <summary>The form of results: as asked, else a table for a person and <paramref name="otherwise"/> for a program.</summary>
    public OutputFormat Format(OutputFormat otherwise) => Option("-o") switch
    {
        "table" => OutputFormat.Table,
        "json" => OutputFormat.Json,
        "ndjson" => OutputFormat.Ndjson,
        "csv" => OutputFormat.Csv,
        _ => Host.OutIsTerminal ? OutputFormat.Table : otherwise,
    };

    // The URL takes the place of the configuration's; how it is spoken to stays as that says.
    private static StoreConfig StoreOf(string text, StoreConfig config)
    {
        if (text == "sqlite") return config with { OpenSearch = null, Dynamo = null };
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new UsageException($"--store: '{text}' is neither sqlite nor a URL of the form https://search.example.com:9200");
        if (url.UserInfo.Length > 0) throw new UsageException("--store: a password does not stand in a URL; give store.user and store.password_file in the configuration");
        return config with { OpenSearch = config.OpenSearch is { } known ? known with { Url = url } : new OpenSearchConfig { Url = url } };
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>The form of results.</summary>
internal enum OutputFormat
{
    /// <summary>Columns for a person.</summary>
    Table,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>A JSON document a line.</summary>
    Ndjson,

    /// <summary>Comma-separated values, safe for spreadsheets.</summary>
    Csv,
}
