using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>What a store says that keeps no bodies of events when it is asked for them.</summary>
internal sealed class NoEventBodies : IEventSearch, ICheckpointStore
{
    public static NoEventBodies Instance { get; } = new();

    public ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<Histogram> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<FieldValues> ValuesAsync(ValuesRequest request, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<EventGroups> GroupsAsync(GroupsRequest request, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<StoredEvent?> GetAsync(EventKey key, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<IReadOnlyList<StoredEvent>> GetByIdAsync(string id, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<IReadOnlyList<string>> UnlistedFieldsAsync(int limit, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<IReadOnlyList<Checkpoint>> ReadAsync(long notAfter, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken) => throw None(cancellationToken);

    public ValueTask DropAsync(long from, long to, CancellationToken cancellationToken) => throw None(cancellationToken);

    private static StoreException None(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new("This store keeps no bodies of events: DynamoDB has states, incidents and messages only.", "store.kind: opensearch with store.state: dynamodb keeps and searches them too.", isTransient: false, new NotSupportedException());
    }
}
