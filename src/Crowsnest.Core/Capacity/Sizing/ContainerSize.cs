using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What a container has by its definition, as its task's events carry it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cpu">CPU units; <see langword="null"/> where none is said, and 0 takes none.</param>
/// <param name="Memory">Its hard limit in MiB, at which it is killed; <see langword="null"/> where it has none of its own.</param>
/// <param name="MemoryReservation">Its soft limit in MiB, which is what it reserves.</param>
public readonly record struct ContainerSize(string Name, long? Cpu, long? Memory, long? MemoryReservation)
{
    /// <summary>The containers of the event's task; none when it names none.</summary>
    /// <remarks>Read only where advice is made, out of the bytes: the states of a fleet do without it.</remarks>
    public static IReadOnlyList<ContainerSize> AllOf(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        var sizes = new List<ContainerSize>();
        try
        {
            using var document = JsonDocument.Parse(ecsEvent.Raw, new JsonDocumentOptions { MaxDepth = JsonScanner.DepthMax });
            if (!document.RootElement.TryGetProperty("detail", out var detail) || !detail.TryGetProperty("containers", out var containers) || containers.ValueKind != JsonValueKind.Array) return sizes;
            foreach (var container in containers.EnumerateArray())
            {
                if (container.ValueKind == JsonValueKind.Object && container.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
                    sizes.Add(new ContainerSize(name.GetString()!, Number(container, "cpu"), Positive(container, "memory"), Positive(container, "memoryReservation"))); // A string is never null.
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Events are written by anyone: one whose parts are of other types than ECS's says nothing here.
            return [];
        }

        return sizes;
    }

    private static long? Positive(JsonElement container, string name) => Number(container, name) is > 0 and var number ? number : null;

    // ECS writes sizes as strings, and "null" where there is none.
    private static long? Number(JsonElement container, string name) => !container.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var text) ? text : null,
        JsonValueKind.Number => value.TryGetInt64(out var number) && number >= 0 ? number : null,
        _ => null,
    };
}
