namespace Crowsnest.OpenSearch.Http;

/// <summary>How many requests may be under way at once: one more after each that went well, half as many when the server says that it is too much.</summary>
/// <param name="allowed">At first.</param>
/// <param name="most">At most.</param>
internal sealed class RequestGate(int allowed, int most)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private int _allowed = allowed;
    private int _running;

    /// <summary>How many may be now.</summary>
    public int Allowed => Volatile.Read(ref _allowed);

    /// <summary>Waits for a turn, in the order of asking; <see cref="Leave"/> ends it.</summary>
    public Task EnterAsync()
    {
        lock (_lock)
        {
            if (_running < _allowed)
            {
                _running++;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    /// <summary>A request has ended.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _running--;
            Admit();
        }
    }

    /// <summary>It went well.</summary>
    public void AllowMore()
    {
        lock (_lock)
        {
            _allowed = Math.Min(_allowed + 1, most);
            Admit();
        }
    }

    /// <summary>The server says that it is too much.</summary>
    public void AllowLess()
    {
        lock (_lock) _allowed = Math.Max(1, _allowed / 2);
    }

    private void Admit()
    {
        while (_running < _allowed && _waiting.TryDequeue(out var turn))
        {
            _running++;
            turn.SetResult();
        }
    }
}
