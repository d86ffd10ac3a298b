namespace Crowsnest.Core.Events;

/// <summary>The network interface of a task (<c>awsvpc</c>), out of its attachments.</summary>
/// <param name="Status">PRECREATED, CREATED, ATTACHING, ATTACHED, DETACHING, DETACHED or DELETED.</param>
/// <param name="NetworkInterfaceId"><c>eni-…</c></param>
/// <param name="SubnetId"><c>subnet-…</c></param>
/// <param name="PrivateIPv4Address">Its address.</param>
public sealed record TaskNetwork(string? Status, string? NetworkInterfaceId, string? SubnetId, string? PrivateIPv4Address);

/// <summary>Reads a task's attachments where a state wants them: most events are folded and gone, and would carry four strings for nothing.</summary>
internal static class TaskAttachments
{
    /// <summary>The first network interface, or <see langword="null"/> when the event names none.</summary>
    public static TaskNetwork? Network(EcsEvent ecsEvent)
    {
        if (ecsEvent.StateStart == 0) return null;
        var bytes = ecsEvent.Raw.Span;
        var json = new JsonScanner(bytes, ecsEvent.StateStart);
        var firstElement = true;
        json.Enter();
        while (json.NextElement(ref firstElement))
        {
            if (json.Peek() != (byte)'{')
            {
                if (!json.Skip()) return null;
                continue;
            }

            if (!ReadOne(ref json, out var type, out var status, out var details)) return null;

            // In events an interface is "eni", in the API "ElasticNetworkInterface".
            if (type.IsPresent && (JsonText.Is(bytes, type, "eni"u8) || JsonText.Is(bytes, type, "ElasticNetworkInterface"u8))) return Read(bytes, status, details);
        }

        return null;
    }

    private static bool ReadOne(ref JsonScanner json, out JsonRange type, out JsonRange status, out int details)
    {
        (type, status, details) = (default, default, 0);
        var first = true;
        if (!json.Enter()) return false;
        while (json.NextName(ref first, out var member))
        {
            bool ok;
            if (JsonText.Is(json.Data, member, "type"u8))
            {
                ok = EventFields.Text(ref json, ref type);
            }
            else if (JsonText.Is(json.Data, member, "status"u8))
            {
                ok = EventFields.Text(ref json, ref status);
            }
            else
            {
                if (JsonText.Is(json.Data, member, "details"u8) && json.Peek() == (byte)'[') details = json.Position;
                ok = json.Skip();
            }

            if (!ok) return false;
        }

        return json.Status == ScanStatus.Ok;
    }

    // [{"name":"subnetId","value":"subnet-…"},…]
    private static TaskNetwork Read(ReadOnlySpan<byte> bytes, JsonRange status, int details)
    {
        JsonRange eni = default, subnet = default, address = default;
        var json = new JsonScanner(bytes, details);
        var firstElement = true;
        if (details > 0) json.Enter();
        while (details > 0 && json.NextElement(ref firstElement))
        {
            JsonRange name = default, value = default;
            var first = true;
            if (json.Peek() != (byte)'{')
            {
                if (!json.Skip()) break;
                continue;
            }

            json.Enter();
            while (json.NextName(ref first, out var member))
            {
                var ok = JsonText.Is(bytes, member, "name"u8) ? EventFields.Text(ref json, ref name)
                    : JsonText.Is(bytes, member, "value"u8) ? EventFields.Text(ref json, ref value)
                    : json.Skip();
                if (!ok) break;
            }

            if (!name.IsPresent) continue;
            if (JsonText.Is(bytes, name, "networkInterfaceId"u8)) eni = value;
            else if (JsonText.Is(bytes, name, "subnetId"u8)) subnet = value;
            else if (JsonText.Is(bytes, name, "privateIPv4Address"u8)) address = value;
        }

        return new TaskNetwork(Text(bytes, status), Text(bytes, eni), Text(bytes, subnet), Text(bytes, address));
    }

    private static string? Text(ReadOnlySpan<byte> bytes, JsonRange range) => range.IsPresent ? JsonText.String(bytes, range) : null;
}
