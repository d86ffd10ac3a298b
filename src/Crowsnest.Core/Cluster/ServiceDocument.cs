using System.Text.Json;

namespace Crowsnest.Core.Cluster;

/// <summary>The documents of services and of deployments: the events that each matter rests on, each once.</summary>
internal static class ServiceDocument
{
    public static void Write(Utf8JsonWriter json, ServiceState state)
    {
        json.WriteStartObject();
        json.Text("serviceName"u8, state.Service);
        json.Text("serviceArn"u8, state.ServiceArn);
        json.WriteStartObject("crowsnest"u8);
        Write(json, "last"u8, state.Last);
        Write(json, "steady"u8, state.Steady);
        Write(json, "trouble"u8, state.Trouble);
        Write(json, "deployment"u8, state.Deployment);
        Write(json, "rollback"u8, state.Rollback);
        Write(json, "hook"u8, state.Hook);
        if (state.Desired is { } desired)
        {
            json.WriteStartObject("desired"u8);
            json.WriteNumber("count"u8, desired.Count);
            json.WriteString("from"u8, desired.From.ToString());
            json.Key("key"u8, desired.Key);
            json.WriteEndObject();
        }

        if (state.Providers is { } providers)
        {
            json.WriteStartObject("capacityProviders"u8);
            json.WriteString("names"u8, providers.Names);
            json.Key("key"u8, providers.Key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, DeploymentState state)
    {
        json.WriteStartObject();
        json.Text("serviceName"u8, state.Service);
        json.WriteStartObject("crowsnest"u8);
        Write(json, "last"u8, state.Last);
        json.Key("first"u8, state.First);
        Write(json, "rollback"u8, state.Rollback);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static ServiceState ReadService(ResourceState row)
    {
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        var ours = d.GetProperty("crowsnest");
        return new ServiceState
        {
            Name = ResourceName.Of(row), Service = d.Text("serviceName") ?? "", ServiceArn = d.Text("serviceArn"), Last = ReadLast(ours), Steady = Read(ours, "steady"),
            Trouble = Read(ours, "trouble"), Deployment = Read(ours, "deployment"), Rollback = Read(ours, "rollback"), Hook = Read(ours, "hook"),
            Desired = ours.TryGetProperty("desired", out var desired)
                ? new SaidCount(desired.GetProperty("count").GetInt64(), Enum.Parse<CountSource>(desired.Text("from")!), desired.Key("key")) // Both are always written.
                : null,
            Providers = ours.TryGetProperty("capacityProviders", out var providers) ? new CapacityProviders(providers.Key("key"), providers.Text("names") ?? "") : null,
        };
    }

    public static DeploymentState ReadDeployment(ResourceState row)
    {
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        var ours = d.GetProperty("crowsnest");
        return new DeploymentState
        {
            Name = ResourceName.Of(row), Service = d.Text("serviceName") ?? "", Last = ReadLast(ours), First = ours.Key("first"), Rollback = Read(ours, "rollback"),
        };
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ServiceEvent? said)
    {
        if (said is null) return;
        json.WriteStartObject(name);
        json.Key("key"u8, said.Key);
        json.Text("eventType"u8, said.EventType);
        json.Text("eventName"u8, said.EventName);
        json.Text("reason"u8, said.Reason);
        json.Text("deploymentId"u8, said.DeploymentId);
        json.Time("expiresAt"u8, said.ExpiresAt);
        json.WriteEndObject();
    }

    private static ServiceEvent ReadLast(JsonElement ours) => Read(ours, "last") ?? throw new FormatException("A document without its newest event.");

    private static ServiceEvent? Read(JsonElement ours, string name) => ours.TryGetProperty(name, out var said)
        ? new ServiceEvent(said.Key("key"), said.Text("eventType"), said.Text("eventName"), said.Text("reason"), said.Text("deploymentId") ?? "") { ExpiresAt = said.Time("expiresAt") }
        : null;
}
