using System.Buffers;
using System.Text.Json;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Pipeline;

/// <summary>Writes the documents of a commit's states one after another into one buffer, which the commit after the next uses again.</summary>
internal sealed class StateDocuments : IDisposable
{
    // One commit is being written while the next is prepared.
    private readonly ArrayBufferWriter<byte>[] _buffers = [new(64 * 1024), new(64 * 1024)];
    private readonly Utf8JsonWriter _json = new(new ArrayBufferWriter<byte>(16), StateDocument.Compact);
    private int _at;

    /// <summary>The rows; their documents are valid until the call after the next.</summary>
    public List<ResourceState> Write(IReadOnlyCollection<IResourceState> states)
    {
        _at = 1 - _at;
        var buffer = _buffers[_at];
        buffer.ResetWrittenCount();
        var rows = new List<ResourceState>(states.Count);
        foreach (var state in states)
        {
            var start = buffer.WrittenCount;
            _json.Reset(buffer);
            StateDocument.Write(_json, state);
            _json.Flush();
            rows.Add(StateDocument.Row(state, buffer.WrittenMemory[start..]));
        }

        return rows;
    }

    public void Dispose() => _json.Dispose();
}
