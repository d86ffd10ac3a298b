using Crowsnest.Aws;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch;

namespace Crowsnest.Configuration;

/// <summary>Connects to a store that several processes share, as the configuration says.</summary>
public static class SharedStore
{
    /// <summary>Connects; what is missing there is made, but for reading only.</summary>
    /// <param name="config">Where it is.</param>
    /// <param name="retention">How long it keeps events.</param>
    /// <param name="readOnly">Nothing is made there; it must exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">It cannot be reached or is not there; the hint says what to do.</exception>
    public static ValueTask<OpenSearchStore> OpenAsync(OpenSearchConfig config, Retention retention, bool readOnly, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(retention);
        return OpenSearchStore.OpenAsync(Options(config, retention, readOnly), time, cancellationToken);
    }

    /// <summary>The options that a configuration means.</summary>
    private static OpenSearchOptions Options(OpenSearchConfig config, Retention retention, bool readOnly) => new()
    {
        Url = config.Url,
        Authentication = Authentication(config),
        CaFile = config.CaFile,
        IndexPrefix = config.IndexPrefix,
        Shards = config.Shards,
        Replicas = config.Replicas,
        Gzip = config.Gzip,
        EventRetention = retention.Events,
        ReadOnly = readOnly,
    };

    private static OpenSearchAuthentication Authentication(OpenSearchConfig config)
    {
        if (config is { User: { } user, Password: { } password }) return new OpenSearchAuthentication.Basic(user, password.Reveal());
        if (config.ApiKey is { } key) return new OpenSearchAuthentication.ApiKey(key.Reveal());
        if (config.AwsService is not { } service) return new OpenSearchAuthentication.None();
        try
        {
            var identity = AwsIdentity.Resolve(config.Region);
            return new OpenSearchAuthentication.Aws(identity.Credentials, identity.Region, service);
        }
        catch (AwsException none)
        {
            throw new StoreException($"The store at {config.Url.Authority} is signed for, and {none.InWords}", "Give this process credentials, and store.region or AWS_REGION.", isTransient: false, none);
        }
    }
}
