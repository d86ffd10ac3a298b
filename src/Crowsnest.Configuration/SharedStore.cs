using Crowsnest.Aws;
using Crowsnest.Aws.DynamoDb;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.OpenSearch;

namespace Crowsnest.Configuration;

/// <summary>A store that several processes share, open as the configuration says.</summary>
public sealed class SharedStore : IAsyncDisposable
{
    private SharedStore(OpenSearchStore? search, DynamoStore? table)
    {
        (Search, Table) = (search, table);
        Store = search is not null && table is not null ? new SplitStore(search, table) : (IStore?)search ?? table!;
        Tokens = table?.Tokens ?? search!.Tokens;
    }

    /// <summary>The store.</summary>
    public IStore Store { get; }

    /// <summary>The API tokens kept with it.</summary>
    public ITokenStore Tokens { get; }

    /// <summary>The server that keeps events, if one does.</summary>
    public OpenSearchStore? Search { get; }

    /// <summary>The table that keeps all else, if one does.</summary>
    public DynamoStore? Table { get; }

    /// <summary>Connects; what is missing there is made, but for reading only.</summary>
    /// <param name="config">Where it is.</param>
    /// <param name="retention">How long it keeps events.</param>
    /// <param name="readOnly">Nothing is made there; it must exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">It cannot be reached or is not there; the hint says what to do.</exception>
    public static async Task<SharedStore> OpenAsync(StoreConfig config, Retention retention, bool readOnly, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(retention);

        // Both at once: opening is what a cold start of a function waits for.
        var opening = config.OpenSearch is { } server
            ? OpenSearchStore.OpenAsync(Options(server, retention, readOnly, eventsOnly: config.Dynamo is not null), time, cancellationToken).AsTask()
            : Task.FromResult<OpenSearchStore>(null!);
        var table = config.Dynamo is { } dynamo ? await OpenAsync(dynamo, retention, readOnly, time, opening, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            return new SharedStore(await opening.ConfigureAwait(false), table);
        }
        catch
        {
            if (table is not null) await table.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes everything that was written so far be found by searches.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => Search?.RefreshAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Gives away the right to tick and send until it is asked for again: a process that may be frozen at any moment does not keep it.</summary>
    /// <exception cref="StoreException">The store is away: others wait until the right has run out.</exception>
    public ValueTask YieldAsync(CancellationToken cancellationToken) => Table?.YieldAsync(cancellationToken) ?? Search!.YieldAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private static async Task<DynamoStore> OpenAsync(DynamoConfig config, Retention retention, bool readOnly, TimeProvider time, Task<OpenSearchStore> beside, CancellationToken cancellationToken)
    {
        try
        {
            var identity = AwsIdentity.Resolve(config.Region);
            return await DynamoStore.OpenAsync(
                new DynamoOptions
                {
                    Identity = identity, Endpoint = Composition.Elsewhere("DYNAMODB"), TableName = config.TableName, EventRetention = retention.Events, ReadOnly = readOnly,
                }, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StoreException or AwsException or OperationCanceledException)
        {
            if (await beside.ContinueWith(static opened => opened.IsCompletedSuccessfully ? opened.Result : null, TaskScheduler.Default).ConfigureAwait(false) is { } opened) await opened.DisposeAsync().ConfigureAwait(false);
            if (failure is AwsException none) throw new StoreException($"The store in DynamoDB ({config.TableName}): {none.InWords}", "Give this process credentials, and store.region or AWS_REGION.", isTransient: false, none);
            throw;
        }
    }

    /// <summary>The options that a configuration means.</summary>
    private static OpenSearchOptions Options(OpenSearchConfig config, Retention retention, bool readOnly, bool eventsOnly) => new()
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
        EventsOnly = eventsOnly,
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
