using Amazon;
using Amazon.Runtime;

namespace Crowsnest.OpenSearch;

/// <summary>Where the server is, how it is spoken to, and how long events are kept there.</summary>
public sealed record OpenSearchOptions
{
    /// <summary>The server, or what stands before it. Without user name and password: those are <see cref="Authentication"/>.</summary>
    public required Uri Url { get; init; }

    /// <summary>As whom requests are made.</summary>
    public OpenSearchAuthentication Authentication { get; init; } = new OpenSearchAuthentication.None();

    /// <summary>A file of certificates (PEM) that are trusted besides the machine's, or <see langword="null"/>.</summary>
    public string? CaFile { get; init; }

    /// <summary>What the names of all indices and templates begin with.</summary>
    public string IndexPrefix { get; init; } = "crowsnest";

    /// <summary>Primary shards of each index of events.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Copies of each index besides the first.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Bodies of requests are compressed: less traffic, more work on both sides.</summary>
    public bool Gzip { get; init; }

    /// <summary>How long events are kept; <see langword="null"/>: for ever. What comes in later than that goes to the archive, so that a day that was dropped is not made again.</summary>
    public TimeSpan? EventRetention { get; init; }

    /// <summary>
    /// Whether what was written is found at once. Otherwise it is found after the server's refresh interval, which costs the server less. Reading by key is exact either way.
    /// </summary>
    public bool RefreshAtOnce { get; init; }

    /// <summary>Nothing is made on the server: what is read must be there.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>It keeps events and nothing else: what the server refuses of a commit is answered, and neither kept nor counted here.</summary>
    public bool EventsOnly { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request that is refused for now is tried again, in all.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of one bulk request, about.</summary>
    public int BulkBytes { get; init; } = 2 << 20;

    /// <summary>Bulk requests at once, at most; fewer while the server says that it is too much.</summary>
    public int BulkRequests { get; init; } = 4;
}

/// <summary>As whom requests are made. Secrets in it never print themselves.</summary>
public abstract class OpenSearchAuthentication
{
    private OpenSearchAuthentication()
    {
    }

    /// <summary>As nobody: a server without security.</summary>
    public sealed class None : OpenSearchAuthentication;

    /// <summary>User name and password (HTTP basic).</summary>
    public sealed class Basic(string user, string password) : OpenSearchAuthentication
    {
        internal string User => user;

        internal string Password => password;
    }

    /// <summary>An API key as Elasticsearch gives it, encoded: <c>Authorization: ApiKey …</c>.</summary>
    public sealed class ApiKey(string encoded) : OpenSearchAuthentication
    {
        internal string Encoded => encoded;
    }

    /// <summary>An AWS signature, for Amazon OpenSearch Service (<c>es</c>) and Serverless (<c>aoss</c>).</summary>
    public sealed class Aws(AWSCredentials credentials, RegionEndpoint region, string service) : OpenSearchAuthentication
    {
        internal AWSCredentials Credentials => credentials;

        internal RegionEndpoint Region => region;

        internal string Service => service;
    }
}
