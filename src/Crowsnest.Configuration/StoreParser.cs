using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads the section <c>store</c>.</summary>
internal static class StoreParser
{
    private static readonly string[] Kinds = ["sqlite", "opensearch", "elasticsearch"];

    /// <summary>The store; the embedded one without a section.</summary>
    public static StoreConfig Parse(YamlSection? section, SecretReader secrets)
    {
        var embedded = new StoreConfig();
        if (section is null) return embedded;
        var kind = section.Text("kind", required: true);
        if (kind is not null && !Kinds.Contains(kind, StringComparer.Ordinal))
            section.Mistake("kind", $"'{kind}' is not a store{Spelling.Hint(kind, Kinds)} (known: {string.Join(", ", Kinds)})");
        var server = Server(section, isMeant: kind is "opensearch" or "elasticsearch", secrets);
        section.Done("state");
        return server is null ? embedded : embedded with { OpenSearch = server };
    }

    private static OpenSearchConfig? Server(YamlSection section, bool isMeant, SecretReader secrets)
    {
        var url = section.Url("url", required: isMeant);
        if (url is not null && !isMeant) section.Mistake("url", "the embedded store is in the data folder; a URL goes with kind: opensearch");
        var service = section.Text("aws_service");
        if (service == "aoss") section.Mistake("aws_service", "'aoss' (OpenSearch Serverless) keeps events only, and DynamoDB for the rest is not available in this version; use 'es'");
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

    private static bool IsPrefix(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
