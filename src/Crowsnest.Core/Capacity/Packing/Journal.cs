namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What was done to a state, so that it can be undone.</summary>
internal sealed class Journal(PackingState state)
{
    private readonly List<(int Task, int From)> _moves = [];

    /// <summary>Where the journal stands: what comes after can be undone.</summary>
    public int Mark => _moves.Count;

    /// <summary>Takes a task off, or puts one there that is nowhere, or moves it.</summary>
    public void Move(int task, int to)
    {
        var from = state.Place[task];
        if (from >= 0) state.Take(task);
        if (to >= 0) state.Put(task, to);
        _moves.Add((task, from));
    }

    /// <summary>Everything since the mark is as it was.</summary>
    public void Undo(int mark)
    {
        for (var m = _moves.Count - 1; m >= mark; m--)
        {
            var (task, from) = _moves[m];
            if (state.Place[task] >= 0) state.Take(task);
            if (from >= 0) state.Put(task, from);
        }

        _moves.RemoveRange(mark, _moves.Count - mark);
    }

    /// <summary>Nothing of it will be undone.</summary>
    public void Forget() => _moves.Clear();
}
