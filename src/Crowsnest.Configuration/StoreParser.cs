using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads the section <c>store</c>.</summary>
internal static class StoreParser
{
    private const string DynamoDb = "dynamodb";

    private static readonly string[] Kinds = ["sqlite", "opensearch", "elasticsearch", DynamoDb];

    /// <summary>The store; the embedded one without a section.</summary>
    public static StoreConfig Parse(YamlSection? section, SecretReader secrets)
    {
        var embedded = new StoreConfig();
        if (section is null) return embedded;
        var kind = section.Text("kind", required: true);
        if (kind is not null && !Kinds.Contains(kind, StringComparer.Ordinal))
            section.Mistake("kind", $"'{kind}' is not a store{Spelling.Hint(kind, Kinds)} (known: {string.Join(", ", Kinds)})");
        var server = Server(section, isMeant: kind is "opensearch" or "elasticsearch", secrets);
        var table = Table(section, kind);
        section.Done();
        return embedded with { OpenSearch = server, Dynamo = table };
    }

    // Of its own (kind), or beside the events of a server (state).
    private static DynamoConfig? Table(YamlSection section, string? kind)
    {
        var state = section.Text("state");
        if (state is not null and not DynamoDb) section.Mistake("state", $"'{state}' keeps no states{Spelling.Hint(state, [DynamoDb])} (known: {DynamoDb}; left out, the store does)");
        else if (state is not null && kind is not ("opensearch" or "elasticsearch")) section.Mistake("state", kind == DynamoDb ? "kind: dynamodb keeps them already" : "the embedded store keeps its states itself; this goes with kind: opensearch");
        var isMeant = kind == DynamoDb || state == DynamoDb;
        var prefix = section.Text("table_prefix");
        if (prefix is not null && !isMeant) section.Mistake("table_prefix", "it goes with kind: dynamodb or state: dynamodb");
        else if (prefix is not null && !IsTablePrefix(prefix)) section.Mistake("table_prefix", $"'{prefix}' cannot begin a table's name: use letters, digits, '_', '-' and '.', at most 200");
        return isMeant ? new DynamoConfig(prefix ?? "crowsnest-", section.Text("region")) : null;
    }

    private static OpenSearchConfig? Server(YamlSection section, bool isMeant, SecretReader secrets)
    {
        var url = section.Url("url", required: isMeant);
        if (url is not null && !isMeant) section.Mistake("url", "a URL goes with kind: opensearch");
        var service = section.Text("aws_service");
        if (service == "aoss") section.Mistake("aws_service", "'aoss' (OpenSearch Serverless) is not available in this version; use 'es'");
        else if (service is not null and not "es") section.Mistake("aws_service", $"'{service}' is neither 'es' nor 'aoss'");
        var config = new OpenSearchConfig
        {
            Url = url ?? new Uri("http://localhost"),
            AwsService = service,
            Region = section.Text("region"),
            User = section.Text("user"),
            Password = section.Secret("password", secrets),
            ApiKey = section.Secret("api_key", secrets),
            CaFile = section.Text("ca_file"),
            IndexPrefix = section.Text("index_prefix") ?? "crowsnest",
            Shards = section.Number("shards", 1, 100) ?? 1,
            Replicas = section.Number("replicas", 0, 10) ?? 1,
            Gzip = section.Flag("gzip") ?? false,
        };
        if (config.User is null != config.Password is null) section.Mistake(config.User is null ? "password" : "user", "user and password go together");
        if (new object?[] { config.AwsService, config.User, config.ApiKey }.Count(way => way is not null) > 1) section.Mistake("url", "give one of aws_service, user and api_key");
        if (!IsPrefix(config.IndexPrefix)) section.Mistake("index_prefix", $"'{config.IndexPrefix}' cannot begin an index's name: use lower-case letters, digits and -");
        if (config.CaFile is { } file && !File.Exists(file)) section.Mistake("ca_file", $"{file} is not there");
        return url is null || !isMeant ? null : config;
    }

    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    private static bool IsTablePrefix(string text) => text.Length is > 0 and <= 200 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static bool IsPrefix(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
