using System.Collections.Immutable;
using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>A message that tries a receiver: of something that is over already, so that it leaves nothing open wherever it arrives.</summary>
public static class SampleNotification
{
    /// <summary>The message.</summary>
    /// <param name="receiver">The receiver's name.</param>
    /// <param name="now">Our clock; part of the message's id, so that each try is told anew.</param>
    public static Notification Of(string receiver, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var labels = new Dictionary<string, string>
        {
            ["alertname"] = "receiver-test", ["severity"] = "info", ["kind"] = "Test", ["cluster"] = "no-cluster", ["service"] = "no-service", ["synthetic"] = "true",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var id = IncidentKeys.Hash(string.Create(CultureInfo.InvariantCulture, $"test of {receiver} at {now.ToUnixTimeMilliseconds()}"));
        return new Notification
        {
            NotificationId = id,
            Receiver = receiver,
            GroupKey = IncidentKeys.GroupKey("{}", labels),
            GroupLabels = labels,
            At = now,
            Incidents =
            [
                new NotifiedIncident
                {
                    Id = id, Labels = labels, Summary = $"This is a test of the receiver '{receiver}': nothing failed.", NextStep = "", Evidence = ["sent by 'crowsnest receivers test'"],
                    FirstAt = now, LastAt = now, Count = 1, Resources = ["no-task"], ResolvedAt = now, Resolution = "It was a test.", IsNews = true,
                },
            ],
        };
    }
}
