namespace Crowsnest.Server;

/// <summary>Searches take turns: each works a processor for its time, and more at once would only keep all of them, and the writer, from getting on.</summary>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class QueryTurns
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _turns = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>Searches when it is its turn.</summary>
    public async Task<T> TakeAsync<T>(Func<ValueTask<T>> search, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await search();
        }
        finally
        {
            _turns.Release();
        }
    }
}
