using System.Text.Json;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Search;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>Advice on what services need, for the API and for a command that has the store itself.</summary>
internal static class CapacityAdvice
{
    /// <summary>What an answer holds at most; it says how many pieces are left out.</summary>
    private const int ItemsMax = 1_000;

    /// <summary>Reads what advice is made from, makes it, and writes the members of the answer.</summary>
    /// <exception cref="Core.Pipeline.StoreException">The store cannot be asked.</exception>
    public static async Task<Action<Utf8JsonWriter>> OfAsync(IEventSearch search, ClusterView cluster, DateTimeOffset now, AdviceOptions options, IUsageSource? usage, CancellationToken cancellationToken)
    {
        var history = await new AdviceReader(search, options).ReadAsync(cluster, now, usage, cancellationToken);

        // Packing takes a processor for as long as it lasts.
        var advice = await Task.Run(() => AdviceCosts.Count(cluster, Advisor.Of(cluster, history, now, options), options.Prices), cancellationToken);
        return json => Write(json, cluster, advice, options);
    }

    private static void Write(Utf8JsonWriter json, ClusterView cluster, ClusterAdvice advice, AdviceOptions options)
    {
        ListJson.Where(json, cluster.Name);
        json.WriteNumber("windowDays", options.WindowDays);
        json.WriteStartArray("items");
        foreach (var item in advice.Items.Take(ItemsMax)) Write(json, item, options);
        json.WriteEndArray();
        json.WriteNumber("itemsLeftOut", Math.Max(0, advice.Items.Count - ItemsMax));
        json.WriteStartArray("notes");
        foreach (var note in advice.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Advice advice, AdviceOptions options)
    {
        json.WriteStartObject();
        json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(advice.Kind.ToString()));
        ListJson.Text(json, "serviceName", advice.Service);
        ListJson.Text(json, "family", advice.Family);
        ListJson.Text(json, "container", advice.Container);
        json.WriteBoolean("fargate", advice.IsFargate);
        json.WriteNumber("tasks", advice.Tasks);
        Write(json, "from", advice.From);
        Write(json, "to", advice.To);
        Write(json, "taskFrom", advice.TaskFrom);
        Write(json, "taskTo", advice.TaskTo);
        json.WriteString("text", advice.Text);
        json.WriteString("formula", advice.Formula);
        json.WriteStartArray("evidence");
        foreach (var one in advice.Evidence)
        {
            json.WriteStartObject();
            json.WriteString("taskId", one.TaskId);
            json.WriteString("at", EventJson.Time(one.At));
            json.WriteString("text", one.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("evidenceTotal", advice.EvidenceTotal);
        ListJson.Text(json, "usage", advice.Usage);
        json.WriteStartObject("saving");
        json.WriteNumber("cpu", advice.Saving.Cpu);
        json.WriteNumber("memory", advice.Saving.Memory);
        ListJson.Number(json, "instances", advice.Saving.Instances);
        if (advice.Saving.AMonth is { } money)
        {
            json.WriteNumber("perMonth", Math.Round(money, 2));
            json.WriteString("currency", options.Prices?.Currency);
        }

        json.WriteEndObject();
        json.WriteString("risk", advice.Risk);
        json.WriteString("whyNotMore", advice.WhyNotMore);
        json.WriteBoolean("reservationsOnly", advice.RestsOnReservationsOnly);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, AdvisedSize? size)
    {
        if (size is not { } known) return;
        json.WriteStartObject(name);
        ListJson.Number(json, "cpu", known.Cpu);
        ListJson.Number(json, "memory", known.Memory);
        json.WriteEndObject();
    }
}
