namespace Crowsnest.Core.Events;

/// <summary>A stream without the gzip around it; CloudWatch Logs that pass through a Firehose with compression on come twice compressed.</summary>
internal sealed class GzipLayers : IAsyncDisposable
{
    private const int LayersMax = 4;

    // Outermost first.
    private readonly List<GzipContent> _layers = [];
    private readonly List<Stream> _streams = [];

    private GzipLayers(Stream content) => Content = content;

    /// <summary>What is inside.</summary>
    public Stream Content { get; private set; }

    /// <summary>Why it ended before its end; null while all is well.</summary>
    public string? Wrong => _layers.Find(layer => layer.Wrong is not null)?.Wrong;

    public static async ValueTask<GzipLayers> PeelAsync(Stream stream, EventStreamOptions options, CancellationToken cancellationToken)
    {
        var layers = new GzipLayers(stream);
        while (true)
        {
            var head = new byte[2];
            var got = await layers.Content.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            layers._streams.Add(layers.Content = new Prefixed(head.AsMemory(0, got), layers.Content));
            if (!GzipContent.IsGzip(head.AsSpan(0, got)) || layers._layers.Count == LayersMax) return layers;
            var layer = new GzipContent(layers.Content, options);
            layers._layers.Add(layer);
            layers._streams.Add(layers.Content = layer);
        }
    }

    /// <summary>What each broken layer could not decompress; once, at the end. Of one that was merely cut off there is nothing, unless there is no other fault.</summary>
    public async ValueTask AddRestsAsync(List<Decoded> faults, CancellationToken cancellationToken)
    {
        for (var i = _layers.Count - 1; i >= 0; i--)
        {
            if (_layers[i].Wrong is null) continue;
            var rest = await _layers[i].RestAsync(cancellationToken).ConfigureAwait(false);
            if (faults.Count == 0 || !_layers[i].EndedEarly) faults.Add(rest);
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _streams.Count - 1; i >= 0; i--) await _streams[i].DisposeAsync().ConfigureAwait(false);
    }
}
