using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Resync;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Server;
using Crowsnest.Server.Lists;
using Crowsnest.Server.Silences;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>The store opened in this process, which holds the data folder's lock as long.</summary>
internal sealed partial class LocalClient : ICrowsnestClient
{
    // None when it only reads: whoever writes meanwhile is not in its way.
    private readonly DataFolderLock? _lock;
    private readonly EventDecoder _decoder;
    private readonly EventDiagnoser _diagnoser;
    private readonly TimeProvider _time;
    private readonly MaskingOptions _masking;
    private readonly RuleSet _rules;
    private readonly Telling _telling;
    private readonly CrowsnestConfig _config;
    private IngestPipeline? _pipeline;

    private readonly OpenedStore _opened;

    private LocalClient(DataFolderLock? held, OpenedStore opened, CrowsnestConfig config, CommandHost host)
    {
        (_lock, _opened, _config, _time) = (held, opened, config, host.Time);
        _decoder = EventJson.NewDecoder();
        _diagnoser = Composition.Diagnoser(config);
        _masking = Composition.Masking(config);
        _rules = Composition.Rules(config);

        // Results are on standard output, so messages go where everything else does.
        _telling = new Telling(config, host.Error, config.Server.ExternalUrl, host.Time);
    }

    /// <summary>The store.</summary>
    public IStore Store => _opened.Store;

    private SilenceDesk Desk => new(Store.Incidents, _time);

    /// <summary>Opens the data folder that was taken; the lock is the client's from here on.</summary>
    /// <exception cref="StoreException">It cannot be opened; the hint says what to do.</exception>
    public static LocalClient Open(DataFolderLock held, string folder, CrowsnestConfig config, CommandHost host)
    {
        try
        {
#pragma warning disable CA2000 // The client owns it from here on.
            return new LocalClient(held, OpenedStore.InFolder(new SqliteStoreOptions { Folder = folder, SyncEachCommit = false }, host.Time), config, host);
#pragma warning restore CA2000
        }
        catch (StoreException)
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens the data folder to read it, beside whoever has it.</summary>
    /// <exception cref="StoreException">There is none, or it cannot be opened; the hint says what to do.</exception>
    public static LocalClient OpenToRead(string folder, CrowsnestConfig config, CommandHost host) =>
#pragma warning disable CA2000 // The client owns it from here on.
        new(null, OpenedStore.InFolder(new SqliteStoreOptions { Folder = folder, ReadOnly = true }, host.Time), config, host);
#pragma warning restore CA2000

    /// <summary>Connects to the shared store that the configuration names.</summary>
    /// <exception cref="StoreException">It cannot be reached, or is not there; the hint says what to do.</exception>
    public static async Task<LocalClient> OnServerAsync(CrowsnestConfig config, bool readOnly, CommandHost host, CancellationToken cancellationToken) =>
#pragma warning disable CA2000 // The client owns it from here on.
        new(null, await OpenedStore.OnServerAsync(config.Store, config.Retention, readOnly, host.Time, cancellationToken), config, host);
#pragma warning restore CA2000

    /// <inheritdoc/>
    public async Task<Accounting> IngestAsync(Stream stream, bool isTold, Action<Accounting> progress, CancellationToken cancellationToken)
    {
        var reader = new EventStreamReader(_time, new EventStreamOptions { Masking = _masking, Live = stream is WatchedStream { IsLive: true } });
        try
        {
            var ingest = new StreamIngest(Pipeline, _time) { IsTold = isTold };
            await ingest.RunAsync(reader.ReadAsync(stream, "file", cancellationToken), receipt => progress(receipt.Accounting), cancellationToken);
            return ingest.Committed;
        }
        finally
        {
            // Interrupted or not: what was counted is on disk. After a failure of the store this would only fail again.
            if (Pipeline.Health.IsReady) await _opened.SyncAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async Task<Told> TellAsync(CancellationToken cancellationToken)
    {
        // Of several processes on one store, another may do the telling.
        if (!await Store.Incidents.LeadAsync(cancellationToken)) return new Told(null, null, UntoldBody.Of(0, _telling.MaxAge));
        var now = _time.GetUtcNow();
        var tick = await _telling.Tick().RunAsync(Store.Incidents, now, now, isLast: true, cancellationToken);
        if (tick.Messages > 0)
        {
            // Before the first message leaves: a power cut must not bring back a failure that was told, under another id.
            await _opened.SyncAsync(cancellationToken);
        }

        var sent = await _telling.Sender(Store.Incidents, _time).SendDueAsync(cancellationToken);
        if (sent.Sent + sent.Failed + sent.Waiting > 0) await _opened.SyncAsync(CancellationToken.None);
        return new Told(tick.Opened, sent, UntoldBody.Of(tick.TooOld, _telling.MaxAge));
    }

    /// <inheritdoc/>
    public async Task<RowPage> SearchAsync(string query, DateTimeOffset? from, DateTimeOffset? to, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var after = EventCursor.TryRead(cursor, out var place) ? place : (SearchCursor?)null;
        var page = await Store.Events.SearchAsync(new SearchRequest(Parse(query), from, to, limit, after), cancellationToken);
        return new RowPage([.. page.Events.Select(e => EventRow.Of(e, _decoder, _diagnoser))], page.Cut, page.Next is { } next ? EventCursor.Write(next) : null);
    }

    /// <inheritdoc/>
    public async Task<RowPage> ValuesAsync(string query, DateTimeOffset? from, DateTimeOffset? to, string field, int limit, CancellationToken cancellationToken)
    {
        var values = await Store.Events.ValuesAsync(new ValuesRequest(Parse(query), from, to, QueryText.Field(field), limit), cancellationToken);
        return new RowPage([.. values.Values.Select(v => RowWriter.Object(writer =>
        {
            writer.WriteString("value", v.Value);
            writer.WriteNumber("count", v.Count);
        }))], values.Cut);
    }

    /// <inheritdoc/>
    public async Task ExportAsync(string query, DateTimeOffset? from, DateTimeOffset? to, bool isCsv, string? columns, Stream output, CancellationToken cancellationToken)
    {
        EventExport export;
        try
        {
            export = new EventExport(Store.Events, _diagnoser, new SearchRequest(Parse(query), from, to, 1), isCsv ? ExportColumn.Parse(columns) : null);
        }
        catch (ProblemException problem)
        {
            throw new UsageException($"--columns: {problem.Message}", problem);
        }

        await export.BeginAsync(search => search().AsTask());
        await export.WriteAsync(output, search => search().AsTask(), null, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BackupManifest> BackupAsync(string folder, Action<long, long> onStep, CancellationToken cancellationToken) =>
        DataBackup.WriteAsync(_opened.Embedded ?? throw NoBackup(), folder, ProductVersion.Text, _time, onStep, cancellationToken);

    /// <inheritdoc/>
    public async Task<RowPage> ResourcesAsync(string kind, ListRequest request, bool isStopped, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (at is { } moment) return await PastResourcesAsync(kind, request, isStopped, moment, cancellationToken);
        var (items, next) = await new ResourceLists(Store, _diagnoser, _time).PageAsync(kind, await LoadAsync(cancellationToken), request, isStopped, cancellationToken);
        return new RowPage([.. items.Select(RowWriter.Value)], null, next);
    }

    /// <inheritdoc/>
    public async Task<JsonElement?> LastLinesAsync(string taskId, CancellationToken cancellationToken)
    {
        const int EventsMax = 500;
        if (!_config.Resync.LogLines || _config.Resync.Accounts.IsEmpty) return null;
        var page = await Store.Events.SearchAsync(new SearchRequest(Parse($"task:\"{taskId}\""), null, null, EventsMax), cancellationToken);
        var decoder = EventJson.NewDecoder();
        TaskState? task = null;
        foreach (var e in page.Events.Select(stored => stored.Read(decoder)).OfType<Decoded.Ok>().Select(ok => ok.Event).Where(e => e.Detail is TaskDetail && e.TaskId == taskId && _diagnoser.Trusted.Includes(e)))
            task = TaskState.Observe(task, e).Next;
        if (task is null || !TaskLogs.IsWanted(task, _diagnoser)) return null;
        await using var logs = new TaskLogs(EcsTarget.Of(_config.Resync, _time), _time);
        return JsonSerializer.SerializeToElement(await logs.LastLinesAsync(task, cancellationToken), ApiJson.Default.TaskLogsBody);
    }

    /// <inheritdoc/>
    public async Task<JsonElement> ResyncAsync(string? cluster, CancellationToken cancellationToken)
    {
        var model = new ClusterModel(_diagnoser, _time);
        var parts = new ResyncParts(model, Store, Pipeline, _masking, () => Pipeline.Watermark, _time);
        await using var resync = Listening.Resync(_config, parts) ?? throw new UsageException("the configuration names no account under 'resync'; docs/resync.md says what to write");
        Pipeline.StatesWritten = model.Apply;
        try
        {
            await model.LoadAsync(since => Store.ReadStatesAsync(since, cancellationToken), cancellationToken);
            return JsonSerializer.SerializeToElement((await resync.RunNowAsync(cluster, cancellationToken))!, ApiJson.Default.ResyncRunBody); // Nobody else waits.
        }
        finally
        {
            // Interrupted or not: what was found is on disk.
            if (Pipeline.Health.IsReady) await _opened.SyncAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async Task<JsonElement> StatusAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeToElement(await new StatusReader(Store, _diagnoser, _time).ReadAsync(from, to, cancellationToken), ApiJson.Default.StatusBody);

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
    public Task<ReplayResult?> ReplayAsync(long id, CancellationToken cancellationToken) => QuarantineReplay.RunAsync(id, Store, Pipeline, _masking, _time, cancellationToken);

    /// <inheritdoc/>
    public async Task<RowPage> IncidentsAsync(string? state, int limit, CancellationToken cancellationToken)
    {
        var page = await IncidentsEndpoints.ListAsync(Store.Incidents, state, limit, null, cancellationToken);
        return new RowPage([.. page.Items.Select(item => JsonSerializer.SerializeToElement(item, ApiJson.Default.IncidentItem))], null, page.Next);
    }

    /// <inheritdoc/>
    public async Task<JsonElement?> IncidentAsync(string id, CancellationToken cancellationToken) =>
        await Store.Incidents.IncidentAsync(id, cancellationToken) is { } incident
            ? JsonSerializer.SerializeToElement(await IncidentDetail.OfAsync(incident, Store.Incidents, cancellationToken), ApiJson.Default.IncidentDetail)
            : null;

    /// <inheritdoc/>
    public async Task<string?> ActAsync(string id, IncidentVerb verb, IncidentWish wish, CancellationToken cancellationToken)
    {
        try
        {
            await IncidentsEndpoints.ApplyAsync(Store.Incidents, _telling.Actions(), id, IncidentsEndpoints.Action(verb, wish, wish.By ?? "somebody"), _time, cancellationToken);
            await _opened.SyncAsync(CancellationToken.None);
            return null;
        }
        catch (ProblemException e)
        {
            return e.Status == StatusCodes.Status400BadRequest ? throw new UsageException(e.Message, e) : e.Message;
        }
    }

    /// <inheritdoc/>
    public async Task<RowPage> SilencesAsync(string? state, CancellationToken cancellationToken) =>
        new([.. (await Desk.ListAsync(state, cancellationToken)).Items.Select(item => JsonSerializer.SerializeToElement(item, ApiJson.Default.SilenceItem))], null);

    /// <inheritdoc/>
    public async Task<(JsonElement? Silence, string Refusal)> SilenceAsync(SilenceBody body, CancellationToken cancellationToken)
    {
        try
        {
            var silence = await Desk.SetAsync(body, body.By ?? "somebody", cancellationToken);
            await _opened.SyncAsync(CancellationToken.None);
            return (JsonSerializer.SerializeToElement(silence, ApiJson.Default.SilenceItem), "");
        }
        catch (ProblemException e)
        {
            return e.Status == StatusCodes.Status400BadRequest ? throw new UsageException(e.Message, e) : (null, e.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<JsonElement> PreviewSilenceAsync(SilenceBody body, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.SerializeToElement(await Desk.PreviewAsync(body, cancellationToken), ApiJson.Default.SilencePreview);
        }
        catch (ProblemException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ExpireSilenceAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await Desk.ExpireAsync(id, cancellationToken);
            await _opened.SyncAsync(CancellationToken.None);
            return null;
        }
        catch (ProblemException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public async Task<RowPage> TokensAsync(CancellationToken cancellationToken) =>
        new([.. (await _opened.Tokens.ListAsync(cancellationToken)).Select(t => JsonSerializer.SerializeToElement(TokenItem.Of(t), ApiJson.Default.TokenItem))], null);

    /// <inheritdoc/>
    public async Task<JsonElement> CreateTokenAsync(string name, TokenRole role, CancellationToken cancellationToken)
    {
        var (secret, record) = await new TokenGate(_opened.Tokens, _time).CreateAsync(name, role, cancellationToken);
        return JsonSerializer.SerializeToElement(CreatedToken.Of(record, secret), ApiJson.Default.CreatedToken);
    }

    /// <inheritdoc/>
    public Task<bool> RevokeTokenAsync(string id, CancellationToken cancellationToken) => new TokenGate(_opened.Tokens, _time).RevokeAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null)
        {
            // What a store does not take now it will not take in a moment; the one who called was told.
            if (!_pipeline.Health.IsReady) await _pipeline.StopAsync(TimeSpan.Zero);
            await _pipeline.DisposeAsync();
        }

        await _opened.DisposeAsync();
        _telling.Dispose();
        _lock?.Dispose();
    }

    private async Task<RowPage> PastResourcesAsync(string kind, ListRequest request, bool isStopped, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var past = await PastAsync(at, cancellationToken);
        var (items, next) = new ResourceLists(Store, _diagnoser, new StandingTime(past.At)).Page(kind, past.View, request, isStopped);
        return new RowPage([.. items.Select(RowWriter.Value)], PastNote.Of(past), next);
    }

    private static UsageException NoBackup() => new("the store is a server's, which has backups of its own: take a snapshot there");

    private IngestPipeline Pipeline => _pipeline ??= new IngestPipeline(Store, _diagnoser, _rules, _time);

    private SearchQuery Parse(string query)
    {
        var parsed = QueryParser.Parse(query, _time);
        return parsed.Query ?? throw QueryText.Wrong(parsed);
    }
}
