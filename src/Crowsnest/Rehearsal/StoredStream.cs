using System.Runtime.CompilerServices;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Server;

namespace Crowsnest.Rehearsal;

/// <summary>Stored events in the order of their own times.</summary>
internal static class StoredStream
{
    /// <summary>Page by page.</summary>
    /// <param name="events">Where they are.</param>
    /// <param name="from">Not before; <see langword="null"/>: from the first.</param>
    /// <param name="to">Before; <see langword="null"/>: to the last.</param>
    /// <param name="search">Makes a search when it is its turn.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    /// <exception cref="StoreException">They cannot be read.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<EcsEvent>> PagesAsync(
        IEventSearch events, DateTimeOffset? from, DateTimeOffset? to, Func<Func<ValueTask<SearchPage>>, Task<SearchPage>> search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (decoder, request) = (EventJson.NewDecoder(), new SearchRequest(new SearchQuery.All(), from, to, 1));
        SearchCursor? after = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await EventPages.NextAsync(events, request, after, search);
            if (page.Cut is { } cut) throw new StoreException($"Not all events could be read: {cut}");
            yield return [.. page.Events.Select(stored => stored.Read(decoder)).OfType<Decoded.Ok>().Select(ok => ok.Event)];
            after = page.Next;
        }
        while (after is not null);
    }
}
