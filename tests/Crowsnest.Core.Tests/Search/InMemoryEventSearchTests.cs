using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Core.Tests.Search;

// The reference against itself, loaded in another order: shows that the contract can be kept, and that order does not matter.
public class InMemoryEventSearchTests : EventSearchContract
{
    protected override ValueTask<IEventSearch> LoadAsync(IReadOnlyList<DiagnosedEvent> events, CancellationToken cancellationToken)
    {
        var search = new InMemoryEventSearch();
        search.Add(events.Reverse());
        search.Add(events.Take(10));
        return ValueTask.FromResult<IEventSearch>(search);
    }
}
