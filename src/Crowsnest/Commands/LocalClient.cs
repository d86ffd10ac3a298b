using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>The store opened in this process, which holds the data folder's lock as long.</summary>
internal sealed class LocalClient : ICrowsnestClient
{
    private readonly DataFolderLock _lock;
    private readonly EventDecoder _decoder;
    private readonly EventDiagnoser _diagnoser;
    private readonly TimeProvider _time;
    private readonly MaskingOptions _masking;
    private readonly ShippedRules _rules;
    private IngestPipeline? _pipeline;

    private LocalClient(DataFolderLock held, SqliteStore store, CrowsnestConfig config, TimeProvider time)
    {
        (_lock, Store, _time) = (held, store, time);
        _decoder = EventJson.NewDecoder();
        _diagnoser = Composition.Diagnoser(config);
        _masking = Composition.Masking(config);
        _rules = Composition.Rules(config);
    }

    /// <summary>The store.</summary>
    public SqliteStore Store { get; }

    /// <summary>Opens the data folder, which is made when it is not there.</summary>
    /// <exception cref="StoreException">It cannot be opened; the hint says what to do.</exception>
    public static LocalClient Open(string folder, CrowsnestConfig config, CommandHost host)
    {
#pragma warning disable CA2000 // The client owns both from here on.
        var held = DataFolderLock.Acquire(folder, ProductVersion.Text, host.Environment("XDG_RUNTIME_DIR"));
        try
        {
            return new LocalClient(held, SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = false }, host.Time), config, host.Time);
        }
        catch (StoreException)
        {
            held.Dispose();
            throw;
        }
#pragma warning restore CA2000
    }

    /// <inheritdoc/>
    public async Task<Accounting> IngestAsync(Stream stream, Action<Accounting> progress, CancellationToken cancellationToken)
    {
        _pipeline ??= new IngestPipeline(Store, _diagnoser, _rules, _time);
        var reader = new EventStreamReader(_time, new EventStreamOptions { Masking = _masking });
        var total = await StreamIngest.RunAsync(_pipeline, reader.ReadAsync(stream, "file", cancellationToken), receipt => progress(receipt.Accounting));
        await Store.SyncAsync(cancellationToken);
        return total;
    }

    /// <inheritdoc/>
    public async Task<RowPage> SearchAsync(string query, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken)
    {
        var page = await Store.Events.SearchAsync(new SearchRequest(Parse(query), from, to, limit), cancellationToken);
        return new RowPage([.. page.Events.Select(e => EventRow.Of(e, _decoder, _diagnoser))], page.Cut);
    }

    /// <inheritdoc/>
    public async Task<RowPage> ValuesAsync(string query, DateTimeOffset? from, DateTimeOffset? to, string field, int limit, CancellationToken cancellationToken)
    {
        if (!SearchFields.TryGet(field, out FieldRef of))
            throw new UsageException($"--by: '{field}' is not a field{(SearchFields.Nearest(field) is { } near ? $"; did you mean '{near}'?" : "")}");
        var values = await Store.Events.ValuesAsync(new ValuesRequest(Parse(query), from, to, of, limit), cancellationToken);
        return new RowPage([.. values.Values.Select(v => RowWriter.Object(writer =>
        {
            writer.WriteString("value", v.Value);
            writer.WriteNumber("count", v.Count);
        }))], values.Cut);
    }

    /// <inheritdoc/>
    public async Task<RowPage> QuarantineAsync(int limit, CancellationToken cancellationToken)
    {
        var entries = await Store.Quarantine.ListAsync(null, limit, cancellationToken);
        return new RowPage([.. entries.Select(e => JsonSerializer.SerializeToElement(QuarantineItem.Of(e), ApiJson.Default.QuarantineItem))], null);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> QuarantineBytesAsync(long id, CancellationToken cancellationToken) =>
        (await Store.Quarantine.GetAsync(id, cancellationToken))?.Fault.Bytes.ToArray();

    /// <inheritdoc/>
    public async Task<bool> DropAsync(long id, CancellationToken cancellationToken) => await Store.Quarantine.RemoveAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null) await _pipeline.DisposeAsync();
        await Store.DisposeAsync();
        _lock.Dispose();
    }

    private SearchQuery Parse(string query)
    {
        var parsed = QueryParser.Parse(query, _time);
        return parsed.Query ?? throw new UsageException(string.Join("; ", parsed.Errors.Select(e => e.ToString())));
    }
}
