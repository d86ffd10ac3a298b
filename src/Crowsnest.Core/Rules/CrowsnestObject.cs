using System.Buffers;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Rules;

/// <summary>What patterns see beside the event under the name <c>crowsnest</c>: what the event means, and where it belongs.</summary>
/// <remarks>
/// <c>kind outcome severity account region cluster service family deployment instance taskId resource</c>, <c>tags</c> by their keys, and <c>synthetic: true</c>; what
/// is not known is not there.
/// </remarks>
internal static class CrowsnestObject
{
    /// <summary>Writes it.</summary>
    public static void Write(IBufferWriter<byte> output, EcsEvent ecsEvent, EventDiagnosis diagnosis)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        void Add(ReadOnlySpan<byte> name, string value)
        {
            if (value.Length > 0) json.WriteString(name, value);
        }

        Add("kind"u8, diagnosis.Kind);
        Add("outcome"u8, DiagnosisWords.Of(diagnosis.Outcome));
        Add("severity"u8, DiagnosisWords.Of(diagnosis.Severity));
        Add("account"u8, ecsEvent.Account);
        Add("region"u8, ecsEvent.Region);
        Add("cluster"u8, ecsEvent.Cluster);
        Add("service"u8, ecsEvent.Service);
        Add("family"u8, ecsEvent.Family);
        Add("deployment"u8, ecsEvent.Deployment);
        Add("instance"u8, ecsEvent.Instance);
        Add("taskId"u8, ecsEvent.TaskId);
        Add("resource"u8, ecsEvent.Resource);
        if (ecsEvent.Tags.All.Count > 0)
        {
            // Of one key the first: the service's goes before the definition's, and that before the cluster's.
            json.WriteStartObject("tags"u8);
            foreach (var tag in ecsEvent.Tags.All.DistinctBy(tag => tag.Key, StringComparer.Ordinal)) json.WriteString(tag.Key, tag.Value);
            json.WriteEndObject();
        }

        if (ecsEvent.IsSynthetic) json.WriteBoolean("synthetic"u8, true);
        json.WriteEndObject();
    }
}
