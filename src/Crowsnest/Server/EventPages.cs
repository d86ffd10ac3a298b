using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Walks through everything that a search finds, oldest first. Each page is a search of its own: what is committed meanwhile may be in it or not.</summary>
internal static class EventPages
{
    // A page of usual events is a few megabytes; of large ones fewer fit.
    private const int PageMax = 1_000;
    private const int PageBytes = 4 << 20;

    /// <summary>The page after a place; the first, when there is none. One that is cut short is given as it is.</summary>
    /// <param name="events">Where they are.</param>
    /// <param name="request">What is asked for; its limit and order are ours to choose.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="search">Makes a search when it is its turn.</param>
    public static Task<SearchPage> NextAsync(IEventSearch events, SearchRequest request, SearchCursor? after, Func<Func<ValueTask<SearchPage>>, Task<SearchPage>> search)
    {
        // Only what is not before the place: the segments that were done with need not be opened again.
        var from = after is { } place && DateTimeOffset.FromUnixTimeMilliseconds(place.TimeMilliseconds) is var reached && (request.From is null || reached > request.From) ? reached : request.From;
        return search(() => events.SearchAsync(request with { From = from, Limit = PageMax, BytesMax = PageBytes, After = after, OldestFirst = true }, CancellationToken.None));
    }
}
