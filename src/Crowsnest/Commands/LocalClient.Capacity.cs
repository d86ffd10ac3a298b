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
    public Task<JsonElement?> CapacityPlanAsync(string cluster, string room, DateTimeOffset? at, CancellationToken cancellationToken) =>
        OfClustersAsync((view, _) => Task.FromResult(CapacityPlan.Of(CapacityLists.Find(view, cluster, new Dictionary<string, string>()), CapacityPlan.RoomOf(room)!)), at, cancellationToken);

    /// <inheritdoc/>
    public async Task<JsonElement?> CapacityAdviceAsync(string cluster, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        using var usage = KeptUsage.Of(_config, _time);
        return await OfClustersAsync(
            (view, now) => CapacityAdvice.OfAsync(Store.Events, CapacityLists.Find(view, cluster, new Dictionary<string, string>()), now, _config.Sizing.Options, usage, cancellationToken), at, cancellationToken);
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

    private async Task<PastView> PastAsync(DateTimeOffset at, CancellationToken cancellationToken)
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

        return await new ClusterHistory(Store, _diagnoser, _time, options).ViewAsync(at, cancellationToken);
    }
}
