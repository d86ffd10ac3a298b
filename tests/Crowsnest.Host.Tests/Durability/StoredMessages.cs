using System.Collections.Immutable;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Sqlite;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>Whom a process told before it died, and after: one message a failure, at most one of them again for each death, and then with its id.</summary>
internal sealed class StoredMessages
{
    private readonly Dictionary<string, string> _idOf = new(StringComparer.Ordinal);

    /// <summary>Services that somebody was told of.</summary>
    public IReadOnlyCollection<string> Services => _idOf.Keys;

    /// <summary>What is wrong with what was told since the last death, or nothing.</summary>
    public string Add(IEnumerable<(string Service, string Id)> told)
    {
        var now = new HashSet<string>(StringComparer.Ordinal);
        var repeated = new List<string>();
        foreach (var (service, id) in told)
        {
            if (!now.Add(service)) return $"{service} was told twice by one process";
            if (_idOf.TryAdd(service, id)) continue;
            if (_idOf[service] != id) return $"{service} was told as {_idOf[service]} and again as {id}";
            repeated.Add(service);
        }

        return repeated.Count <= 1 ? "" : $"one death repeated {repeated.Count} messages: {string.Join(", ", repeated)}";
    }

    /// <summary>What a webhook took.</summary>
    public static IEnumerable<(string Service, string Id)> Of(IEnumerable<JsonElement> posted) => posted.SelectMany(message =>
        message.GetProperty("alerts").EnumerateArray().Select(a => (a.GetProperty("labels").GetProperty("service").GetString()!, message.GetProperty("notificationId").GetString()!)));

    /// <summary>Tells what a folder still has to tell, as the next process does.</summary>
    public static async Task<IReadOnlyList<(string Service, string Id)>> TellAsync(string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, "crowsnest.db"))) return [];
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = false }, TimeProvider.System);
        var (receiver, now) = (new Receiver(), TimeProvider.System.GetUtcNow());
        var options = new TellingOptions { Route = new Route { Receiver = "ops" } };
        await new IncidentTick(options, new Dictionary<string, ImmutableArray<Medium>> { ["ops"] = [new Medium(receiver.Kind)] }).RunAsync(store.Incidents, now, now, isLast: true, cancellationToken);
        await new OutboxSender(store.Incidents, new Dictionary<string, ImmutableArray<INotifier>> { ["ops"] = [receiver] }, options.MaxAge, TimeProvider.System, () => 0).SendDueAsync(cancellationToken);
        return receiver.Told;
    }

    private sealed class Receiver : INotifier
    {
        public List<(string Service, string Id)> Told { get; } = [];

        public string Kind => "file";

        public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            Told.AddRange(notification.Incidents.Select(i => (i.Labels["service"], notification.NotificationId)));
            return ValueTask.FromResult(Delivery.Sent);
        }
    }
}
