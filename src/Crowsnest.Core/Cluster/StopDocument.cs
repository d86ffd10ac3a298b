using System.Text.Json;
using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Cluster;

/// <summary>Stop evidence inside a task's document: <c>"stop":{"stopped":true,"by":[[version,at,"key"]],"facts":{"stopCode":[text,number,by]},"containers":[…]}</c>.</summary>
internal static class StopDocument
{
    public static void Write(Utf8JsonWriter json, StopEvidence stop, StopEvidence? implied)
    {
        var facts = new List<(int Fact, Fact Value)>();
        for (var i = 0; i < stop.Facts.Length; i++)
        {
            if (stop.Facts[i].At is not null && stop.Facts[i] != implied?.Facts[i]) facts.Add((i, stop.Facts[i]));
        }

        var containers = stop.ContainerFacts.Where(c => implied is null || !implied.ContainerFacts.Contains(c)).ToArray();
        var by = facts.Select(f => f.Value.At!).Concat(containers.SelectMany(Sources)).Distinct().ToList();

        json.WriteStartObject("stop"u8);
        if (stop.IsStopped) json.WriteBoolean("stopped"u8, true);
        if (by.Count > 0 || containers.Length > 0)
        {
            json.WriteStartArray("by"u8);
            foreach (var at in by)
            {
                json.WriteStartArray();
                json.WriteNumberValue(at.Version);
                json.WriteNumberValue(at.At);
                json.WriteStringValue(at.Key.ToString());
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartObject("facts"u8);
            foreach (var (fact, value) in facts) Put(((StopFact)fact).ToString(), value);
            json.WriteEndObject();
            json.WriteStartArray("containers"u8);
            foreach (var c in containers)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, c.Name);
                Put("exitCode", c.ExitCode);
                Put("reason", c.Reason);
                Put("image", c.Image);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();

        void Put(string name, Fact fact)
        {
            if (fact.At is null) return;
            json.WriteStartArray(name);
            json.WriteStringValue(fact.Text);
            json.WriteNumberValue(fact.Number);
            json.WriteNumberValue(by.IndexOf(fact.At));
            json.WriteEndArray();
        }
    }

    public static StopEvidence Read(JsonElement stop, StopEvidence? implied)
    {
        var facts = implied is null ? new Fact[(int)StopFact.Count] : [.. implied.Facts];
        var containers = (implied?.ContainerFacts ?? []).ToDictionary(c => c.Name, StringComparer.Ordinal);
        if (stop.TryGetProperty("by", out var byJson))
        {
            var by = byJson.EnumerateArray().Select(b => new EventOrder(b[0].GetInt64(), b[1].GetInt64(), DocumentText.ParseKey(b[2].GetString()))).ToArray();
            foreach (var fact in stop.GetProperty("facts").EnumerateObject()) facts[(int)Enum.Parse<StopFact>(fact.Name)] = ReadFact(fact.Value, by);
            foreach (var c in stop.GetProperty("containers").EnumerateArray())
            {
                var name = c.GetProperty("name").GetString()!; // Always written.
                containers[name] = new ContainerFacts(name, Get(c, "exitCode", by), Get(c, "reason", by), Get(c, "image", by));
            }
        }

        return StopEvidence.Restore(facts, [.. containers.Values], stop.TryGetProperty("stopped", out _));
    }

    private static IEnumerable<EventOrder> Sources(ContainerFacts c) => new[] { c.ExitCode.At, c.Reason.At, c.Image.At }.OfType<EventOrder>();

    private static Fact Get(JsonElement e, string name, EventOrder[] by) => e.TryGetProperty(name, out var fact) ? ReadFact(fact, by) : default;

    private static Fact ReadFact(JsonElement fact, EventOrder[] by) => new(fact[0].GetString(), fact[1].GetInt64(), by[fact[2].GetInt32()]);
}
