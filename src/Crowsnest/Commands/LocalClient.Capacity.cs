using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.History;
using Crowsnest.Server;
using Crowsnest.Server.Capacity;
using Crowsnest.Server.Lists;
using Crowsnest.Usage;

namespace Crowsnest.Commands;

/// <content>Capacity.</content>
internal sealed partial class LocalClient
{
    /// <inheritdoc/>
    public async Task<CapacityAnswer?> CapacityAsync(CapacityWish wish, DateTimeOffset? at, CancellationToken cancellationToken) =>
        await OfClustersAsync((view, _) => Task.FromResult(CapacityLists.Page(view, wish)), at, cancellationToken) is { } answer ? CapacityAnswer.Read(answer) : null;

    /// <inheritdoc/>
    public Task<JsonElement?> CapacityPlanAsync(string cluster, string room, string whatIf, DateTimeOffset? at, CancellationToken cancellationToken) =>
        OfClustersAsync((view, _) => Task.FromResult(CapacityPlan.Of(CapacityLists.Find(view, cluster, new Dictionary<string, string>()), CapacityPlan.RoomOf(room)!, whatIf)), at, cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement?> CapacityHistoryAsync(CapacityStretch stretch, CancellationToken cancellationToken) => OverTimeAsync(stretch.Cluster, stretch.To, async (cluster, history) =>
    {
        var series = await new CapacityHistory(Store, _diagnoser, history).ReadAsync(cluster.Name, stretch.From, stretch.To, stretch.Points, long.MaxValue, cancellationToken);
        return RowWriter.Object(json => CapacitySeriesJson.Write(json, cluster.Name, stretch, series));
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement?> CapacityScalingAsync(ScalingWish wish, CancellationToken cancellationToken) => OverTimeAsync(wish.Cluster, wish.To, async (cluster, history) =>
    {
        var series = await new ScalingHistory(Store, _diagnoser, history).ReadAsync(cluster, wish.From, wish.To, long.MaxValue, cancellationToken);
        return RowWriter.Object(json => CapacityScaling.Write(json, cluster.Name, wish, series));
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<JsonElement?> CapacityAdviceAsync(string cluster, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        using var usage = KeptUsage.Of(_config, _time);
        return await OfClustersAsync(
            (view, now) => CapacityAdvice.OfAsync(Store.Events, CapacityLists.Find(view, cluster, new Dictionary<string, string>()), now, _config.Sizing.Options, usage, cancellationToken), at, cancellationToken);
    }

    private async Task<JsonElement?> OverTimeAsync(string name, DateTimeOffset to, Func<ClusterView, ClusterHistory, Task<JsonElement>> answer, CancellationToken cancellationToken)
    {
        var history = await HistoryAsync(cancellationToken);
        var (now, filters) = (await LoadAsync(cancellationToken), new Dictionary<string, string>());
        try
        {
            return await answer(CapacityLists.Find(CapacityLists.Has(now, name, filters) ? now : (await history.ViewAsync(to, cancellationToken)).View, name, filters), history);
        }
        catch (ProblemException e)
        {
            return e.Status == StatusCodes.Status404NotFound ? null : throw new UsageException(e.Message, e);
        }
    }

    private async Task<JsonElement?> OfClustersAsync(Func<FleetView, DateTimeOffset, Task<Action<Utf8JsonWriter>>> answer, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var past = at is { } moment ? await PastAsync(moment, cancellationToken) : null;
        var view = past?.View ?? await LoadAsync(cancellationToken);
        try
        {
            var members = await answer(view, past?.At ?? _time.GetUtcNow());
            return RowWriter.Object(json =>
            {
                members(json);
                if (past is not null) PastNote.Write(json, past);
            });
        }
        catch (ProblemException e)
        {
            return e.Status == StatusCodes.Status404NotFound ? null : throw new UsageException(e.Message, e);
        }
    }

    private async Task<FleetView> LoadAsync(CancellationToken cancellationToken)
    {
        var model = new ClusterModel(_diagnoser, _time);
        await model.LoadAsync(since => Store.ReadStatesAsync(since, cancellationToken), cancellationToken);
        return model.View;
    }

    private async Task<PastView> PastAsync(DateTimeOffset at, CancellationToken cancellationToken) => await (await HistoryAsync(cancellationToken)).ViewAsync(at, cancellationToken);

    private async Task<ClusterHistory> HistoryAsync(CancellationToken cancellationToken)
    {
        // Who holds the folder is the only writer, and what is stored is all there is. Else it takes as long as it takes.
        var options = new HistoryOptions { Slack = TimeSpan.Zero, EventsMax = int.MaxValue };
        if (_lock is not null)
        {
            var maker = new CheckpointMaker(Store, _diagnoser, _time.GetUtcNow, options);
            while (await maker.NextAsync(cancellationToken))
            {
                // The next time they are there.
            }
        }

        return new ClusterHistory(Store, _diagnoser, _time, options);
    }
}
