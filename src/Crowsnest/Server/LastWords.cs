using System.Collections.Immutable;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server;

/// <summary>Puts the last lines of a failed task into the first message of it, where they are read at all (<c>resync.log_lines</c>).</summary>
/// <remarks>A message waits for them as long as a look takes (<see cref="TaskLogs.Patience"/>), and goes without them when there are none by then.</remarks>
/// <param name="logs">Who reads them; <see langword="null"/>: nobody.</param>
/// <param name="clusters">What is known of the tasks.</param>
/// <param name="diagnoser">Which of them failed.</param>
internal sealed class LastWords(Func<TaskLogs?> logs, ClusterModel clusters, EventDiagnoser diagnoser)
{
    private const int IncidentsMax = 3, LinesMax = 5;

    /// <summary>The message with them.</summary>
    public async ValueTask<Notification> AddAsync(Notification notification, CancellationToken cancellationToken)
    {
        if (logs() is not { } reader) return notification;
        var asked = notification.Incidents.Where(one => one is { IsNews: true, IsResolved: false }).Take(IncidentsMax)
            .Select(one => (one.Id, Task: TaskOf(one))).Where(one => one.Task is not null)
            .Select(async one => (one.Id, Lines: await LinesAsync(reader.LastLinesAsync(one.Task!, cancellationToken)))).ToList();
        if (asked.Count == 0) return notification;
        var lines = (await Task.WhenAll(asked)).ToDictionary(one => one.Id, one => one.Lines, StringComparer.Ordinal);
        return notification with { Incidents = [.. notification.Incidents.Select(one => lines.TryGetValue(one.Id, out var last) ? one with { LogLines = last } : one)] };
    }

    // Whatever becomes of the look, the message goes.
    private static async Task<ImmutableArray<string>> LinesAsync(Task<TaskLogsBody> look)
    {
        await ((Task)look).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return look.IsCompletedSuccessfully ? Lines(await look) : [];
    }

    // Those of the container that failed stand first.
    private static ImmutableArray<string> Lines(TaskLogsBody body) =>
        body.Containers.FirstOrDefault(one => one.Lines.Count > 0) is { } container ? [.. container.Lines.TakeLast(LinesMax).Select(line => line.Text)] : [];

    private TaskState? TaskOf(NotifiedIncident incident)
    {
        var labels = incident.Labels;
        var name = new ClusterName(labels.GetValueOrDefault("account", ""), labels.GetValueOrDefault("region", ""), labels.GetValueOrDefault("cluster", ""));
        return clusters.View.Find(name)?.Tasks.FirstOrDefault(task => incident.Resources.Contains(task.Name.Id) && TaskLogs.IsWanted(task, diagnoser));
    }
}
